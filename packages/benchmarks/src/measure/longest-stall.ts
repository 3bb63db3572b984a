import { setImmediate as nextTurn } from 'node:timers/promises';
import { cpuTimeMs } from './cpu-time.ts';

/** Stall is the longest time between two turns of the event loop. */
export interface Stall {
  readonly wallMs: number;
  /**
   * The most CPU time between two turns. The process' other threads collect garbage meanwhile, so the main thread's is
   * at most what the process used, and at most the wall time: the smaller one is taken.
   */
  readonly cpuMs: number;
}

/** longestStall looks at every turn of the event loop while work goes on. */
export async function longestStall(work: () => unknown): Promise<Stall> {
  let wallMs = 0;
  let cpuMs = 0;
  let isOver = false;
  let cpuBefore = 0;
  let before = 0;
  const begin = (): void => {
    cpuBefore = cpuTimeMs();
    before = performance.now();
  };
  const look = (): void => {
    const turnMs = performance.now() - before;
    wallMs = Math.max(wallMs, turnMs);
    cpuMs = Math.max(cpuMs, Math.min(turnMs, cpuTimeMs() - cpuBefore));
    begin();
    if (!isOver) setImmediate(look);
  };
  await nextTurn();
  begin();
  setImmediate(look);
  await work();
  isOver = true;
  await nextTurn();
  return { wallMs, cpuMs };
}
