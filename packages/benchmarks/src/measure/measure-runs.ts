import type { Contender, Figure } from '../row.ts';
import { collectGarbage } from './collect-garbage.ts';
import { comeToRest } from './come-to-rest.ts';
import { cpuTimeMs } from './cpu-time.ts';
import { makeRandom, shuffle } from './shuffle.ts';
import { summarize } from './summarize.ts';

/** Runner is one contender's share of a row that times whole runs, such as a flush. */
export interface Runner {
  readonly contender: Contender;
  /** What goes before each measurement, outside its time. */
  prepare?(): void | Promise<void>;
  run(): unknown;
}

/**
 * RunFigures are the CPU and wall time of one run, in milliseconds. `loopMs` is how long it held up the event loop, but
 * for what other programs took: the smaller of the two, since the CPU time is that of all threads.
 */
export interface RunFigures {
  readonly cpuMs: readonly Figure[];
  readonly wallMs: readonly Figure[];
  readonly loopMs: readonly Figure[];
}

/** In CPU time: on a busy machine wall time passes without anything getting warm. */
const warmUpMs = 500;

/**
 * measureRuns runs all runners in turn, in an order that changes. Each measurement is of `batch` runs, so that what
 * takes microseconds can be told.
 *
 * What a run leaves to the garbage collector counts as its CPU time: marking goes on in steps between those of the
 * program, and would be charged to whoever comes next and gives the event loop its turns. What goes before a run comes
 * to rest for the same reason.
 *
 * Garbage is collected when V8 thinks fit, unless `afterGarbage` is given. Then two full collections go before each
 * measurement, as in a busy service between two flushes: V8 lets go of hidden classes that have no object left, and of
 * all compiled code that relied on them.
 */
export async function measureRuns(
  runners: readonly Runner[],
  options: { readonly repetitions: number; readonly batch: number; readonly afterGarbage?: boolean },
): Promise<RunFigures> {
  const { repetitions, batch, afterGarbage = false } = options;
  const measured = runners.map((runner) => ({
    runner,
    cpuMs: [] as number[],
    wallMs: [] as number[],
    loopMs: [] as number[],
  }));
  for (const { runner } of measured) await warmUp(runner);
  const random = makeRandom(1);
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const { runner, cpuMs, wallMs, loopMs } of shuffle([...measured], random)) {
      await runner.prepare?.();
      if (afterGarbage) collectGarbage();
      await comeToRest();
      const cpuBefore = cpuTimeMs();
      const before = performance.now();
      for (let run = 0; run < batch; run += 1) await runner.run();
      const wall = (performance.now() - before) / batch;
      const cpuWhileRunning = cpuTimeMs() - cpuBefore;
      const cpu = (cpuWhileRunning + (await comeToRest())) / batch;
      wallMs.push(wall);
      cpuMs.push(cpu);
      loopMs.push(Math.min(wall, cpu));
    }
  }
  const figures = (of: 'cpuMs' | 'wallMs' | 'loopMs'): Figure[] =>
    measured.map((each) => ({ contender: each.runner.contender, summary: summarize(each[of]) }));
  return { cpuMs: figures('cpuMs'), wallMs: figures('wallMs'), loopMs: figures('loopMs') };
}

async function warmUp(runner: Runner): Promise<void> {
  const end = cpuTimeMs() + warmUpMs;
  for (let run = 0; run < 3 || cpuTimeMs() < end; run += 1) {
    await runner.prepare?.();
    await runner.run();
  }
}

/** repetitionsFor gives how often a run over so many series is measured: what takes long, a sixth as often. */
export function repetitionsFor(series: number, repetitions: number): number {
  return series < 100_000 ? repetitions : Math.ceil(repetitions / 6);
}

/** batchFor gives how many runs a measurement has, for runs over so many series. */
export function batchFor(series: number): number {
  return Math.max(1, Math.ceil(5000 / series));
}
