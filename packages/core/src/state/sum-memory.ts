import type { ChunkMemory } from './slab.ts';

const length = 2 ** 18;
const largestBlock = 2 ** 12;

/**
 * sumMemory is where the sums are of metrics that have bound counters. It is one array for all of them, and a constant:
 * so V8 knows where it is, and adding to a number in it is as fast as to one in a field.
 */
export const sumMemory: Float64Array = new Float64Array(length);

/**
 * noSlot is the place in it of those who have none: Infinity, so that adding to it fails the one comparison that adding
 * makes anyway.
 */
export const noSlot = 0;
sumMemory[noSlot] = Infinity;

/** slotIn gives the place in `sumMemory` of a number of a chunk; `noSlot` where the chunk is not in there. */
export function slotIn(chunk: Float64Array, offset: number): number {
  return isBlock(chunk) ? beginOf(chunk) + offset : noSlot;
}

/** Where free blocks begin, by the logarithm of their length. */
const freeBlocks: number[][] = Array.from({ length: Math.log2(largestBlock) + 1 }, () => []);
/** Where what was never used begins. */
let unused = noSlot + 1;

/** sumBlocks gives chunks of a power of two up to 4096 numbers in `sumMemory`; of their own where that is full. */
export const sumBlocks: ChunkMemory<Float64Array> = {
  take(numbers) {
    const begin = takeFree(Math.log2(numbers)) ?? takeUnused(numbers);
    return begin === undefined ? new Float64Array(numbers) : sumMemory.subarray(begin, begin + numbers);
  },
  giveBack(chunks) {
    for (const chunk of chunks) if (isBlock(chunk)) freeBlocks[Math.log2(chunk.length)]?.push(beginOf(chunk));
  },
};

function isBlock(chunk: Float64Array): boolean {
  return chunk.buffer === sumMemory.buffer;
}

function beginOf(block: Float64Array): number {
  return block.byteOffset / Float64Array.BYTES_PER_ELEMENT;
}

function takeUnused(numbers: number): number | undefined {
  if (unused + numbers > length) return undefined;
  unused += numbers;
  return unused - numbers;
}

/** A free block; or a part of a larger one, where all has been used, and what is left of that is free. */
function takeFree(size: number): number | undefined {
  const begin = freeBlocks[size]?.pop();
  if (begin !== undefined || unused + 2 ** size <= length) return begin;
  const larger = freeBlocks.findIndex((blocks, other) => other > size && blocks.length > 0);
  const whole = freeBlocks[larger]?.pop();
  if (whole === undefined) return undefined;
  for (let half = size; half < larger; half++) freeBlocks[half]?.push(whole + 2 ** half);
  return whole;
}
