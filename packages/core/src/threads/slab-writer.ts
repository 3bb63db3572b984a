import { copiesOfRow, takenBit } from './row-state.ts';
import type { RowPlace } from './row-copies.ts';
import { SlabMemory, entryLayout, unitBytes } from './slab-memory.ts';

const firstSlabBytes = 2 ** 17;
const largestSlabBytes = 2 ** 20;

/**
 * SlabWriter appends metrics and series to the memory that a worker shares with the owner. Where there is no room left
 * it goes on in another slab, which is announced before anything is in it.
 */
export class SlabWriter {
  readonly #announce: (slab: SharedArrayBuffer) => void;
  #memory: SlabMemory;
  #nextBytes = firstSlabBytes;
  #metrics = 0;

  constructor(memory: SlabMemory, announce: (slab: SharedArrayBuffer) => void) {
    this.#memory = memory;
    this.#announce = announce;
  }

  /** Adds a metric and returns its number. */
  addMetric(identity: string): number {
    this.#append(identity, { metric: -1, width: 0 });
    this.#metrics += 1;
    return this.#metrics - 1;
  }

  /** Adds a series of a metric that was added before, with a row in which nothing was recorded yet. */
  addSeries(identity: string, row: { readonly metric: number; readonly width: number }): RowPlace {
    const entry = this.#append(identity, row);
    return {
      words: this.#memory.words,
      values: this.#memory.values,
      state: 2 * entry + entryLayout.state,
      first: entry + entryLayout.headerUnits,
      width: row.width,
    };
  }

  /** Appends an entry, publishes it, and returns its first unit. */
  #append(identity: string, { metric, width }: { readonly metric: number; readonly width: number }): number {
    const bytes = Buffer.from(identity);
    const identityUnit = entryLayout.headerUnits + copiesOfRow * width;
    const units = identityUnit + Math.ceil(bytes.length / unitBytes);
    const memory = this.#memoryWithRoomFor(units);
    const entry = memory.usedUnits;
    const header = 2 * entry;
    memory.words[header + entryLayout.units] = units;
    memory.words[header + entryLayout.identityBytes] = bytes.length;
    memory.words[header + entryLayout.state] = takenBit;
    memory.words[header + entryLayout.metric] = metric;
    memory.bytes.set(bytes, (entry + identityUnit) * unitBytes);
    memory.usedUnits = entry + units;
    return entry;
  }

  #memoryWithRoomFor(units: number): SlabMemory {
    if (this.#memory.usedUnits + units <= this.#memory.units) return this.#memory;
    const slab = new SharedArrayBuffer(Math.max(this.#nextBytes, (units + 1) * unitBytes));
    this.#nextBytes = Math.min(2 * this.#nextBytes, largestSlabBytes);
    this.#announce(slab);
    this.#memory = new SlabMemory(slab);
    return this.#memory;
  }
}
