import type { Contender } from '../row.ts';

/** Tally is what was recorded: [sum] of counters, [number of records, sum] of histograms. */
export type Tally = readonly number[];

/**
 * Recorder is one contender's share of a recording row: a loop of its own, since contenders that shared one would
 * share its type feedback.
 */
export interface Recorder {
  readonly contender: Contender;
  /** What each round begins with, outside its time. */
  prepare?(calls: number): void;
  /** record makes the next `calls` calls of the sequence, which is the same for all contenders of a row. */
  record(calls: number): void;
  /** What the contender says was recorded since it was made, or since the last `prepare`. */
  tally(): Tally | Promise<Tally>;
}

/** RecordingCase is what a recording row consists of. */
export interface RecordingCase {
  readonly recorders: readonly Recorder[];
  /** What every recorder must report after so many calls. */
  tallyAfter(calls: number): Tally;
}
