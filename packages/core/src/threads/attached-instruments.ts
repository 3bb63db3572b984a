import type { Clock } from '../clock.ts';
import { describeValue } from '../describe-value.ts';
import type { Counter, Gauge, Histogram, Latency, UpDownCounter } from '../instruments.ts';
import { validateDelta } from '../record/counter.ts';
import { validateGaugeValue } from '../record/gauge.ts';
import { validateHistogramValue } from '../record/histogram.ts';
import { validateLatency } from '../record/latency.ts';
import { runTimed } from '../record/run-timed.ts';
import { validateSignedDelta } from '../record/up-down-counter.ts';
import { type Result, failure, succeeded } from '../result.ts';
import { TelemetryError } from '../telemetry-error.ts';
import type { SharedBuckets } from './shared-buckets.ts';
import type { SharedExponential } from './shared-exponential.ts';
import type { SharedGauge } from './shared-gauge.ts';
import type { SharedSum } from './shared-sum.ts';

/** SharedDistribution is a row of buckets of either form. */
export type SharedDistribution = SharedBuckets | SharedExponential;

/** RowBinding leads an instrument to the row that its thread shares with the owner. */
export interface RowBinding<Row> {
  /** The metric's name, for messages. */
  readonly name: string;
  /** The row to record in, made at the first record; or what recording is to return instead. */
  resolve(): Row | Result<void, TelemetryError>;
}

const counterRange = { smallest: 0n, largest: 2n ** 64n - 1n };
const upDownRange = { smallest: -(2n ** 63n), largest: 2n ** 63n - 1n };

/** AttachedCounter is a bound counter of a thread that is attached. */
export class AttachedCounter implements Counter {
  readonly #binding: RowBinding<SharedSum>;
  #row: SharedSum | undefined = undefined;

  constructor(binding: RowBinding<SharedSum>) {
    this.#binding = binding;
  }

  add(delta: number | bigint): Result<void, TelemetryError> {
    if (this.#row !== undefined && this.#row.tryAdd(delta)) return succeeded;
    const invalid = validateDelta(this.#binding.name, delta);
    if (invalid !== undefined) return failure(invalid);
    const row = this.#row ?? this.#binding.resolve();
    if ('ok' in row) return row;
    this.#row = row;
    return addToShared(row, delta, { name: this.#binding.name, range: counterRange });
  }
}

/** AttachedUpDownCounter is a bound up-down counter of a thread that is attached. */
export class AttachedUpDownCounter implements UpDownCounter {
  readonly #binding: RowBinding<SharedSum>;
  #row: SharedSum | undefined = undefined;

  constructor(binding: RowBinding<SharedSum>) {
    this.#binding = binding;
  }

  add(delta: number | bigint): Result<void, TelemetryError> {
    if (this.#row !== undefined && this.#row.tryAddSigned(delta)) return succeeded;
    const invalid = validateSignedDelta(this.#binding.name, delta);
    if (invalid !== undefined) return failure(invalid);
    const row = this.#row ?? this.#binding.resolve();
    if ('ok' in row) return row;
    this.#row = row;
    return addToShared(row, delta, { name: this.#binding.name, range: upDownRange });
  }
}

/** AttachedHistogram is a bound histogram of a thread that is attached. */
export class AttachedHistogram implements Histogram {
  readonly #binding: RowBinding<SharedDistribution>;
  #row: SharedDistribution | undefined = undefined;

  constructor(binding: RowBinding<SharedDistribution>) {
    this.#binding = binding;
  }

  record(value: number): Result<void, TelemetryError> {
    return this.#row !== undefined && this.#row.tryRecord(value) ? succeeded : this.#recordUnusual(value);
  }

  #recordUnusual(value: number): Result<void, TelemetryError> {
    const invalid = validateHistogramValue(this.#binding.name, value);
    if (invalid !== undefined) return failure(invalid);
    const row = this.#row ?? this.#binding.resolve();
    if ('ok' in row) return row;
    this.#row = row;
    return row.record(value) ? succeeded : failure(closedError(this.#binding.name));
  }
}

/** AttachedLatency is a bound latency of a thread that is attached. */
export class AttachedLatency implements Latency {
  readonly #binding: RowBinding<SharedDistribution>;
  readonly #clock: Clock;
  #row: SharedDistribution | undefined = undefined;

  constructor(binding: RowBinding<SharedDistribution>, clock: Clock) {
    this.#binding = binding;
    this.#clock = clock;
  }

  record(milliseconds: number): Result<void, TelemetryError> {
    const isUsual = typeof milliseconds === 'number' && milliseconds >= 0;
    return isUsual && this.#row?.tryRecord(milliseconds) === true
      ? succeeded
      : this.#recordUnusual(milliseconds);
  }

  start(): () => Result<void, TelemetryError> {
    const begunMs = this.#clock.monotonicMs();
    return () => this.record(this.#clock.monotonicMs() - begunMs);
  }

  time<T>(run: () => T): T {
    return runTimed(run, this.start());
  }

  #recordUnusual(milliseconds: number): Result<void, TelemetryError> {
    const invalid = validateLatency(this.#binding.name, milliseconds);
    if (invalid !== undefined) return failure(invalid);
    const row = this.#row ?? this.#binding.resolve();
    if ('ok' in row) return row;
    this.#row = row;
    return row.record(milliseconds) ? succeeded : failure(closedError(this.#binding.name));
  }
}

/** AttachedGauge is a bound gauge of a thread that is attached. */
export class AttachedGauge implements Gauge {
  readonly #binding: RowBinding<SharedGauge>;
  readonly #clock: Clock;
  #row: SharedGauge | undefined = undefined;

  constructor(binding: RowBinding<SharedGauge>, clock: Clock) {
    this.#binding = binding;
    this.#clock = clock;
  }

  set(value: number): Result<void, TelemetryError> {
    const invalid = validateGaugeValue(this.#binding.name, value);
    if (invalid !== undefined) return failure(invalid);
    const row = this.#row ?? this.#binding.resolve();
    if ('ok' in row) return row;
    this.#row = row;
    return row.set(value, this.#clock.unixMs()) ? succeeded : failure(closedError(this.#binding.name));
  }
}

/** closedError is the error of what is recorded after the owner was shut down, or this thread detached. */
export function closedError(name: string): TelemetryError {
  return new TelemetryError(
    'SHUT_DOWN',
    `${describeValue(name)} was not recorded: the telemetry handle that this thread was attached to was shut down, or the thread detached.`,
  );
}

function addToShared(
  row: SharedSum,
  delta: number | bigint,
  { name, range }: { readonly name: string; readonly range: typeof counterRange },
): Result<void, TelemetryError> {
  switch (row.add(delta, range)) {
    case 'added':
      return succeeded;
    case 'closed':
      return failure(closedError(name));
    case 'overflow':
      return failure(
        new TelemetryError(
          'COUNTER_OVERFLOW',
          `${describeValue(name)} can't add ${delta}: with what this thread added since the owner last looked it would leave ${range.smallest} to ${range.largest}.`,
        ),
      );
  }
}
