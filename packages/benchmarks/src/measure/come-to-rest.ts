import { setTimeout as delay } from 'node:timers/promises';
import { cpuTimeMs } from './cpu-time.ts';

/** How long the process must have next to nothing to do, and what is next to nothing, in milliseconds. */
const lookMs = 2;
const idleCpuMs = 0.5;
/** Something else may keep it busy for good. */
const mostLooks = 500;

/**
 * comeToRest waits until the process has nothing to do, and gives the CPU time that this took, in milliseconds: what
 * was left to the garbage collector, which marks in small steps between those of the program.
 */
export async function comeToRest(): Promise<number> {
  let spentMs = 0;
  for (let look = 0; look < mostLooks; look += 1) {
    const before = cpuTimeMs();
    await delay(lookMs);
    const cpuMs = cpuTimeMs() - before;
    // The look itself costs something as well.
    if (cpuMs < idleCpuMs) break;
    spentMs += cpuMs;
  }
  return spentMs;
}
