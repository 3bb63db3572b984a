import type { SharedTelemetry } from '@pqcnet/telemetry-core';
import type { Effort } from '../row.ts';

/** WorkerTask is what the worker of a row is given. */
export interface WorkerTask {
  readonly effort: Effort;
  readonly kind: 'counter' | 'latency';
  readonly series: number;
  /** What the main thread shares. */
  readonly shared: SharedTelemetry;
  /** How many of the records that were posted the main thread has dealt with. */
  readonly dealtWith: Int32Array;
}

/** PostedRecord is one record as a message: the index of the series, and the value. */
export interface PostedRecord {
  readonly series: number;
  readonly value: number;
}
