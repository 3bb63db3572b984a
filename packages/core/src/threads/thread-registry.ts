import { threadId } from 'node:worker_threads';
import { SlabMemory } from './slab-memory.ts';

/** So many threads can be attached at the same time. */
export const mostThreads = 64;

/** The shared memory begins with these words; then come the slots, and then the slabs. */
const closedPlace = 0;
const attachmentsPlace = 1;
const slotsBytes = 8;
const headerBytes = 1024;
/** Each slot comes with a slab: for a thread with few series no other is needed. */
const slabBytes = 2 ** 16;

/** How many bits of an attachment count the attachments of its thread, or of others. */
const countBits = 20n;

/**
 * ThreadRegistry is the shared memory in which threads attach. A slot holds the attachment that has it, 0 when it is
 * free, or the attachment negated once the thread has detached. Threads take free slots; only the owner frees them.
 */
export class ThreadRegistry {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #slots: BigInt64Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(headerBytes + mostThreads * slabBytes)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer, 0, 2);
    this.#slots = new BigInt64Array(buffer, slotsBytes, mostThreads);
  }

  /** Whether the owner was shut down. */
  get isClosed(): boolean {
    return Atomics.load(this.#words, closedPlace) !== 0;
  }

  close(): void {
    Atomics.store(this.#words, closedPlace, 1);
  }

  /** An attachment of this thread, unlike any other one that is there. */
  newAttachment(): bigint {
    const count = BigInt.asUintN(Number(countBits), BigInt(Atomics.add(this.#words, attachmentsPlace, 1)));
    return (BigInt(threadId + 1) << countBits) | count;
  }

  /** Takes a free slot for an attachment, or gives `undefined` when there is none. */
  claim(attachment: bigint): number | undefined {
    for (let slot = 0; slot < mostThreads; slot++) {
      if (Atomics.compareExchange(this.#slots, slot, 0n, attachment) === 0n) return slot;
    }
    return undefined;
  }

  /** The attachment that has a slot, if any. */
  attachmentIn(slot: number): { readonly attachment: bigint; readonly isDetached: boolean } | undefined {
    const held = Atomics.load(this.#slots, slot);
    if (held === 0n) return undefined;
    return held > 0n ? { attachment: held, isDetached: false } : { attachment: -held, isDetached: true };
  }

  /** Says that the thread which has the slot records nothing more. */
  detach(slot: number, attachment: bigint): void {
    Atomics.compareExchange(this.#slots, slot, attachment, -attachment);
  }

  /** Makes a slot free for another thread. */
  free(slot: number): void {
    this.slabOf(slot).usedUnits = 0;
    Atomics.store(this.#slots, slot, 0n);
  }

  slabOf(slot: number): SlabMemory {
    return new SlabMemory(this.buffer, { offsetBytes: headerBytes + slot * slabBytes, sizeBytes: slabBytes });
  }
}

/** threadOf is the thread of an attachment. */
export function threadOf(attachment: bigint): number {
  return Number(attachment >> countBits) - 1;
}
