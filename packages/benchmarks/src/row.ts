import type { Summary } from './measure/summarize.ts';

/**
 * Contender is who takes part. `OpenTelemetry JS, attributes` passes attributes where `OpenTelemetry JS` is spared
 * them; `bare number` is the row's own loop around a number in an object: the limit of what is possible. Where workers
 * record, `one thread only` is our own handle on the thread that records, and `posted to the owner` sends each record
 * there as a message. `in one stretch` is our own flush, without its pauses.
 */
export type Contender =
  | '@pqcnet/telemetry'
  | 'OpenTelemetry JS'
  | 'OpenTelemetry JS, attributes'
  | 'prom-client'
  | 'hot-shots'
  | 'bare number'
  | 'one thread only'
  | 'posted to the owner'
  | 'in one stretch'
  | 'idle process';

export const ours = '@pqcnet/telemetry';
export const peer = 'OpenTelemetry JS';

/** Unit is what a figure counts. */
export type Unit = 'ns' | 'µs' | 'ms' | 'B' | 'B/series' | 'B/call';

/** Target is what ours must reach. Each kind is judged by the medians. */
export type Target =
  /** The peer's figure divided by ours is at least this. */
  | { readonly kind: 'times'; readonly atLeast: number; readonly aim?: number }
  /** Ours divided by the peer's is at most this. */
  | { readonly kind: 'share'; readonly atMost: number; readonly aim?: number }
  /** Ours is at most so many times the figure of one of the others. */
  | { readonly kind: 'multiple'; readonly of: Contender; readonly atMost: number; readonly aim?: number }
  /** Ours is at most this, in the unit of the measure. */
  | { readonly kind: 'limit'; readonly atMost: number }
  /** Ours is at most this much above the idle process, in the unit of the measure. */
  | { readonly kind: 'above-idle'; readonly atMost: number };

/** Figure is what one contender took. */
export interface Figure {
  readonly contender: Contender;
  readonly summary: Summary;
}

/** Measure is one line of the table: the same thing measured of every contender, in the same process. */
export interface Measure {
  /** What was measured, such as `time per call`. */
  readonly what: string;
  readonly unit: Unit;
  readonly figures: readonly Figure[];
  readonly target?: Target | undefined;
}

/** Effort is how long to measure. */
export interface Effort {
  /** How many rounds each contender has; the median is taken over them. */
  readonly rounds: number;
  /** How long one round of a recording row takes, in milliseconds. */
  readonly roundMs: number;
  /** How many calls the bytes allocated are counted over. */
  readonly allocationCalls: number;
  /** How often what takes long is repeated. */
  readonly repetitions: number;
  /** No more than this many series in a row. */
  readonly maxSeries: number;
}

/** Row is one thing to compare. It runs in a process of its own, all contenders interleaved in that one process. */
export interface Row {
  /** Unique; what `--row` is matched with. */
  readonly id: string;
  readonly group: 'record' | 'threads' | 'snapshot' | 'memory' | 'flush' | 'import';
  /** What is compared, for people. */
  readonly title: string;
  /** Gives the measures, or why there are none. Throws when the contenders did not do the same work. */
  run(effort: Effort): Promise<readonly Measure[] | { readonly skipped: string }>;
}

/** RowResult is what became of a row. */
export type RowResult = Pick<Row, 'id' | 'group' | 'title'> &
  ({ readonly measures: readonly Measure[] } | { readonly skipped: string } | { readonly broken: string });

export const fullEffort: Effort = {
  rounds: 150,
  roundMs: 2,
  allocationCalls: 2_000_000,
  repetitions: 45,
  maxSeries: 100_000,
};

export const quickEffort: Effort = {
  rounds: 30,
  roundMs: 1,
  allocationCalls: 200_000,
  repetitions: 3,
  maxSeries: 10_000,
};
