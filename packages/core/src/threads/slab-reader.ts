import { copiesOfRow, copyMask, takenBit } from './row-state.ts';
import { type SlabMemory, entryLayout, unitBytes } from './slab-memory.ts';

/** SlabEntry is a metric or a series that a worker added: where it lies, and how long its row is. */
export interface SlabEntry {
  /** The entry's first unit. */
  readonly unit: number;
  /** The number of the metric, or −1 for a metric itself. */
  readonly metric: number;
}

/** SlabReader is a worker's slab as the owner sees it. */
export class SlabReader {
  readonly values: Float64Array;
  readonly #memory: SlabMemory;
  #readUnits = 1;

  constructor(memory: SlabMemory) {
    this.#memory = memory;
    this.values = memory.values;
  }

  /** The entries that were added since the last time. */
  *newEntries(): Generator<SlabEntry> {
    const { words, usedUnits } = this.#memory;
    while (this.#readUnits < usedUnits) {
      const unit = this.#readUnits;
      this.#readUnits += words[2 * unit + entryLayout.units] as number;
      yield { unit, metric: words[2 * unit + entryLayout.metric] as number };
    }
  }

  /** What the worker said of an entry, whose row has so many numbers a copy. */
  identity(unit: number, width: number): string {
    const { words, bytes } = this.#memory;
    const length = words[2 * unit + entryLayout.identityBytes] as number;
    const start = (unit + entryLayout.headerUnits + copiesOfRow * width) * unitBytes;
    // A copy: shared memory can't be decoded.
    return Buffer.from(bytes.slice(start, start + length)).toString();
  }

  /**
   * take takes what was recorded in a series' row since the last time: where it begins among the values, to be read
   * before the next time; or −1 when nothing was.
   */
  take(unit: number, width: number): number {
    const { words } = this.#memory;
    const place = 2 * unit + entryLayout.state;
    if ((Atomics.load(words, place) & takenBit) !== 0) return -1;
    const copy = Atomics.or(words, place, takenBit) & copyMask;
    return unit + entryLayout.headerUnits + copy * width;
  }

  /** close has nothing more published in a series' row; what was is still to be taken. */
  close(unit: number, bit: number): void {
    Atomics.or(this.#memory.words, 2 * unit + entryLayout.state, bit);
  }
}
