import { getHeapStatistics } from 'node:v8';
import { collectGarbage } from './collect-garbage.ts';

/** What the count can be off by, in bytes: it moves in steps of allocation areas (256 KiB), and two statistics are read. */
const countedRoughly = 2 ** 20;

/**
 * allocatedBytes gives how many bytes of V8's heap a piece of work allocates, whether or not they were freed again;
 * 0 for less than a MiB, which the count can't tell from nothing. So the work must go on for millions of calls: then
 * one byte a call shows.
 *
 * V8 keeps a count of all bytes that it ever handed out (`total_allocated_bytes`), so garbage collections in between
 * do not matter. Memory outside V8's heap (the bytes of buffers) is not in it.
 */
export async function allocatedBytes(work: () => void | Promise<void>): Promise<number> {
  collectGarbage();
  const before = getHeapStatistics().total_allocated_bytes;
  await work();
  const bytes = getHeapStatistics().total_allocated_bytes - before;
  return bytes < countedRoughly ? 0 : bytes;
}
