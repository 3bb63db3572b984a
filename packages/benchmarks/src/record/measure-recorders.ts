import { deepStrictEqual } from 'node:assert';
import { allocatedBytes } from '../measure/allocated-bytes.ts';
import { cpuTimeMs } from '../measure/cpu-time.ts';
import { makeRandom, shuffle } from '../measure/shuffle.ts';
import { summarize } from '../measure/summarize.ts';
import type { Effort, Measure, Target } from '../row.ts';
import type { Recorder, RecordingCase } from './recorder.ts';

/** In CPU time, for each recorder. */
const warmUpMs = 200;

/**
 * measureRecorders times all recorders in short rounds, one after another in an order that changes, and then counts
 * what they allocate. Throws when a recorder's tally is not what was recorded.
 */
export async function measureRecorders(
  recording: RecordingCase,
  options: {
    readonly effort: Effort;
    /** So many calls in every round, for what can't be repeated at will; otherwise what a round's time allows. */
    readonly callsPerRound?: number | undefined;
    readonly time?: Target | undefined;
    readonly allocated?: Target | undefined;
  },
): Promise<readonly Measure[]> {
  const { effort, callsPerRound } = options;
  const contests = recording.recorders.map((recorder) => new Contest(recorder));
  for (const contest of contests) contest.warmUp(effort.roundMs, callsPerRound);
  const random = makeRandom(1);
  for (let round = 0; round < effort.rounds; round += 1) {
    for (const contest of shuffle([...contests], random)) contest.runRound();
  }
  for (const contest of contests) await contest.countAllocations(effort.allocationCalls, callsPerRound);
  for (const contest of contests) await contest.check(recording);
  return [
    {
      what: 'time per call',
      unit: 'ns',
      target: options.time,
      figures: contests.map((each) => each.figure(each.nanoseconds)),
    },
    {
      what: 'allocated per call',
      unit: 'B/call',
      target: options.allocated,
      figures: contests.map((each) => each.figure(each.bytes)),
    },
  ];
}

/** Contest is what a recorder has done so far. */
class Contest {
  readonly recorder: Recorder;
  readonly nanoseconds: number[] = [];
  readonly bytes: number[] = [];
  #callsPerRound = 0;
  /** Calls since the recorder was made or last prepared. */
  #calls = 0;

  constructor(recorder: Recorder) {
    this.recorder = recorder;
  }

  figure(figures: readonly number[]): Measure['figures'][number] {
    return { contender: this.recorder.contender, summary: summarize(figures) };
  }

  /** Runs until it is compiled, and finds how many calls a round takes. */
  warmUp(roundMs: number, callsPerRound: number | undefined): void {
    let calls = callsPerRound ?? 1000;
    if (callsPerRound === undefined) {
      // What is done once in many calls is compiled late.
      for (const end = cpuTimeMs() + warmUpMs; cpuTimeMs() < end;) this.#run(calls);
      while (this.#shortestRun(calls) < roundMs) calls = Math.ceil(calls * 1.25);
    } else for (let run = 0; run < 10; run += 1) this.#run(calls);
    this.#callsPerRound = calls;
  }

  runRound(): void {
    const calls = this.#callsPerRound;
    this.nanoseconds.push((this.#run(calls) * 1e6) / calls);
  }

  async countAllocations(atLeastCalls: number, callsPerRound: number | undefined): Promise<void> {
    const calls = callsPerRound ?? atLeastCalls;
    for (let repetition = 0; repetition < 3; repetition += 1) {
      this.#prepare(calls);
      const bytes = await allocatedBytes(() => this.recorder.record(calls));
      this.#calls += calls;
      this.bytes.push(bytes / calls);
    }
  }

  async check(recording: RecordingCase): Promise<void> {
    const { contender } = this.recorder;
    deepStrictEqual(
      await this.recorder.tally(),
      recording.tallyAfter(this.#calls),
      `the tally of ${contender}`,
    );
  }

  /** The least CPU time of a few runs: one in which V8 compiled something would make all rounds too short. */
  #shortestRun(calls: number): number {
    return Math.min(this.#run(calls), this.#run(calls), this.#run(calls));
  }

  /** The CPU time of so many calls, in milliseconds. */
  #run(calls: number): number {
    this.#prepare(calls);
    const before = cpuTimeMs();
    this.recorder.record(calls);
    const tookMs = cpuTimeMs() - before;
    this.#calls += calls;
    return tookMs;
  }

  #prepare(calls: number): void {
    if (this.recorder.prepare === undefined) return;
    this.recorder.prepare(calls);
    this.#calls = 0;
  }
}
