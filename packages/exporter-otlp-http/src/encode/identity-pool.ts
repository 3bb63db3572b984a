import { type ByteWriter, copyWords, SLACK } from './byte-writer.ts';

const BLOCK_BITS = 18;
/** BLOCK_BYTES is the size of a full block: small enough that getting one never takes long. */
const BLOCK_BYTES: number = 1 << BLOCK_BITS;
const FIRST_BLOCK_BYTES: number = 1 << 12;

/** PoolBlock is what readers need of a block. */
export interface PoolBlock {
  readonly view: DataView;
  /** Mostly dead: what lives in it is to be moved elsewhere when it is met. */
  readonly leaving: boolean;
}

interface Block extends PoolBlock {
  readonly capacity: number;
  used: number;
  live: number;
  leaving: boolean;
}

/**
 * IdentityPool keeps byte strings side by side in a few large blocks: no object per string. An address is block
 * number · BLOCK_BYTES + offset. A block is freed with the last string in it; one that is mostly dead is emptied by
 * and by.
 */
export class IdentityPool {
  #blocks: (Block | undefined)[] = [];
  #open: Block | undefined;
  #openIndex = 0;

  /** The size of all blocks. */
  get bytes(): number {
    let bytes = 0;
    for (const block of this.#blocks) bytes += block?.view.byteLength ?? 0;
    return bytes;
  }

  /** add keeps a copy of what a writer holds and gives its address. */
  add(source: ByteWriter): number {
    return this.#store(source.view, 0, source.position);
  }

  /** move takes a string out of a block that is leaving, and gives its new address. */
  move(address: number, length: number): number {
    const moved = this.#store(this.blockOf(address).view, offsetIn(address), length);
    this.release(address, length);
    return moved;
  }

  /** release frees a string. */
  release(address: number, length: number): void {
    const index = address >>> BLOCK_BITS;
    const block = this.#blocks[index];
    if (block === undefined) return;
    block.live -= heldBy(length);
    if (block.live === 0 && block !== this.#open) this.#blocks[index] = undefined;
  }

  /** blockOf is the block that holds a string, at `offsetIn` its address. */
  blockOf(address: number): PoolBlock {
    const block = this.#blocks[address >>> BLOCK_BITS];
    if (block === undefined) throw new RangeError(`no block holds the address ${address}`);
    return block;
  }

  /** evacuateSparse chooses the blocks to empty. */
  evacuateSparse(): void {
    for (const block of this.#blocks) {
      if (block === undefined || block === this.#open) continue;
      block.leaving = block.live < block.used / 2;
    }
  }

  #store(source: DataView, start: number, length: number): number {
    let block = this.#open;
    if (block === undefined || block.used + length > block.capacity) block = this.#openBlock(length);
    const { view, used } = block;
    copyWords(view, used, source, start, length);
    block.used += length;
    block.live += heldBy(length);
    return this.#openIndex * BLOCK_BYTES + used;
  }

  #openBlock(length: number): Block {
    if (this.#open?.live === 0) this.#blocks[this.#openIndex] = undefined;
    const size = Math.min(BLOCK_BYTES, Math.max(FIRST_BLOCK_BYTES, this.bytes));
    // A string larger than a block gets one of its own; only its start has to be addressed.
    const capacity = Math.max(size, length);
    const view = new DataView(new ArrayBuffer(capacity + SLACK));
    const block: Block = {
      view,
      capacity,
      used: 0,
      live: 0,
      leaving: false,
    };
    const free = this.#blocks.indexOf(undefined);
    this.#openIndex = free < 0 ? this.#blocks.length : free;
    this.#blocks[this.#openIndex] = block;
    this.#open = block;
    return block;
  }
}

/** offsetIn is where in its block a string stands. */
export function offsetIn(address: number): number {
  return address & (BLOCK_BYTES - 1);
}

/** heldBy counts an empty string as well, since its block must stay. */
function heldBy(length: number): number {
  return length === 0 ? 1 : length;
}
