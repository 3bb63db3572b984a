import { channel } from 'node:diagnostics_channel';
import type { Attributes } from './attributes.ts';
import { type Catalogue, type CataloguedRecording, catalogued, cataloguedKinds } from './catalogue.ts';
import type { Clock } from './clock.ts';
import type { Exporter } from './exporter.ts';
import type { Account } from './reader/account.ts';
import { ExitHook } from './lifecycle/exit-hook.ts';
import { exitHooksOf } from './lifecycle/exit-hooks.ts';
import { type FlushOnExitOptions, checkFlushOnExitOptions } from './lifecycle/flush-on-exit-options.ts';
import { FlushSchedule } from './reader/flush-schedule.ts';
import { type FlushResult, flushedTooLate } from './reader/flush-result.ts';
import { Reader } from './reader/reader.ts';
import { type Binding, SeriesBinding } from './record/binding.ts';
import { measureExports } from './measure-exports.ts';
import { describeError, describeValue } from './describe-value.ts';
import { copyAttributes, keptCopy } from './record/copy-attributes.ts';
import { Counter, addToCounter, tryAdd, validateDelta } from './record/counter.ts';
import { Gauge, trySet, validateGaugeValue } from './record/gauge.ts';
import { Histogram } from './record/histogram.ts';
import { recordInRow } from './record/record-in-row.ts';
import { Latency, validateLatency } from './record/latency.ts';
import { mergeAttributes } from './record/merge-attributes.ts';
import { MetricObservation, type Observed, observedKinds } from './record/observe.ts';
import { NameMap } from './record/name-map.ts';
import { UpDownCounter } from './record/up-down-counter.ts';
import type { Recording } from './recording.ts';
import { ScopedRecording } from './scoped-recording.ts';
import { type Result, failure, succeeded } from './result.ts';
import type { Snapshot } from './snapshot/snapshot.ts';
import { Cell } from './state/cell.ts';
import type { InstrumentKind } from './state/metric.ts';
import { type MetricOptions, State, type StateOptions } from './state/state.ts';
import type { TelemetryError } from './telemetry-error.ts';
import {
  type HistogramOptions,
  type InstrumentOptions,
  type LatencyOptions,
  type ObserveOptions,
  type TelemetryHandleOptions,
  checkOptions,
  invalidOption,
  longestTimerMs,
} from './handle-options.ts';
import { type AttachOptions, AttachedTelemetry } from './threads/attached-telemetry.ts';
import { AttachedThreads, type ThreadStatus } from './threads/attached-threads.ts';
import type { SharedTelemetry } from './threads/shared-telemetry.ts';
import { unixNanoOf } from './unix-nano.ts';

/** DeliveryStatus is how delivering goes. */
export interface DeliveryStatus {
  /** When a flush last delivered everything, in milliseconds since the Unix epoch; `undefined` before the first. */
  readonly lastSuccessUnixMs: number | undefined;
  /** How many flushes have failed since. */
  readonly failuresInRow: number;
  /** What is not delivered, in the unit of the account. */
  readonly pending: bigint;
  /** Where the oldest of it begins, in milliseconds since the Unix epoch; `undefined` when there is nothing. */
  readonly pendingSinceUnixMs: number | undefined;
  /** How long the next request waits after failures or at the collector's wish, in milliseconds. */
  readonly nextRequestInMs: number;
}

/** Every flush's result, for those who watch the process: `diagnostics_channel.subscribe('pqcnet.telemetry.flush', …)`. */
const flushes = channel('pqcnet.telemetry.flush');

/** How long a failure that nobody listens for is not warned of again. */
const betweenWarningsMs = 60_000;

/** FlushOptions is how one flush differs from others. */
export interface FlushOptions {
  /** The time it may take, in milliseconds. Default: the handle's. */
  readonly timeoutMs?: number | undefined;
  /**
   * Whether to try at once although earlier tries failed. A time that the collector asked to be left alone for is kept
   * all the same. Default false.
   */
  readonly force?: boolean | undefined;
  /** How often to try at the most what may pass: 1 or more. Default: as often as there is time for. */
  readonly maxAttempts?: number | undefined;
}

/**
 * TelemetryHandle records metrics and flushes them to an exporter.
 *
 * Making one throws a TelemetryError (`INVALID_OPTIONS`) for options that can't be used. After that nothing throws
 * and no promise rejects: what can fail returns a Result.
 */
export class TelemetryHandle implements Recording, AsyncDisposable {
  readonly #state: State;
  readonly #reader: Reader;
  readonly #clock: Clock;
  readonly #exporter: Exporter;
  readonly #timeoutMs: number;
  readonly #flushIntervalMs: number;
  readonly #warn: (message: string) => void;
  readonly #listeners = new Set<(result: FlushResult) => void>();
  /** What records by name without attributes go through, by the name as it is written: one lookup for a record. */
  readonly #plainCounters = new NameMap<Counter>();
  readonly #plainLatencies = new NameMap<Latency>();
  #schedule: FlushSchedule | undefined = undefined;
  /** When a failure that nobody listens for may be warned of again, on the monotonic clock. */
  #nextWarningMs = -Infinity;
  #lastSuccessUnixMs: number | undefined = undefined;
  #failuresInRow = 0;
  #shutdown: Promise<FlushResult> | undefined = undefined;
  #takeOffExitHook = (): void => {};
  readonly #stateOptions: Omit<StateOptions, 'warn'>;
  #threads: AttachedThreads | undefined = undefined;

  constructor(options: TelemetryHandleOptions) {
    const { clock, timeoutMs, flushIntervalMs, warn, selfMetrics, ...rest } = checkOptions(options);
    const { exporter, resource, labels, random, idleFlushesBeforeRetirement, maxWindowAgeMs, ...state } =
      rest;
    this.#clock = clock;
    this.#exporter =
      selfMetrics === undefined
        ? exporter
        : measureExports(exporter, { recording: () => this, clock, attributes: selfMetrics });
    this.#timeoutMs = timeoutMs;
    this.#flushIntervalMs = flushIntervalMs;
    this.#warn = warn;
    this.#stateOptions = state;
    this.#state = new State({ ...state, warn }, unixNanoOf(clock.unixMs()));
    this.#reader = new Reader({
      state: this.#state,
      exporter: this.#exporter,
      clock,
      resource,
      labels,
      random,
      idleFlushesBeforeRetirement,
      maxWindowAgeMs,
    });
  }

  recordCounter(name: string, delta: number | bigint, attributes?: Attributes): Result<void, TelemetryError> {
    if (attributes === undefined) {
      const plain = this.#plainCounters.get(name);
      if (plain !== undefined) return plain.add(delta);
    } else {
      const known = this.#state.byName.counter.get(name)?.find(attributes);
      if (known !== undefined && tryAdd(known, delta)) return succeeded;
    }
    return this.#recordCounterUnusual(name, delta, attributes);
  }

  recordLatencyMs(name: string, milliseconds: number, attributes?: Attributes): Result<void, TelemetryError> {
    if (attributes === undefined) {
      const plain = this.#plainLatencies.get(name);
      if (plain !== undefined) return plain.record(milliseconds);
    } else {
      const known = this.#state.byName.latency.get(name)?.find(attributes);
      // The type first: comparing what is no number can throw.
      if (typeof milliseconds === 'number' && milliseconds >= 0 && recordInRow(known, milliseconds))
        return succeeded;
    }
    return this.#recordLatencyUnusual(name, milliseconds, attributes);
  }

  recordGauge(name: string, value: number, attributes?: Attributes): Result<void, TelemetryError> {
    const known = this.#state.byName.gauge.get(name)?.find(attributes);
    if (known !== undefined && trySet(known, value, this.#clock.unixMs())) return succeeded;
    const invalid = validateGaugeValue(name, value);
    if (invalid !== undefined) return failure(invalid);
    const cell = this.#state.reach(name, 'gauge', attributes);
    if (!(cell instanceof Cell)) return cell;
    trySet(cell, value, this.#clock.unixMs());
    return succeeded;
  }

  counter(name: string, options?: InstrumentOptions): Counter {
    return new Counter(this.#bind(name, 'counter', options, options?.attributes));
  }

  latency(name: string, options?: LatencyOptions): Latency {
    const { boundsMs, description, attributes } = options ?? {};
    return new Latency(
      this.#bind(name, 'latency', { description, bounds: boundsMs }, attributes),
      this.#clock,
    );
  }

  histogram(name: string, options?: HistogramOptions): Histogram {
    return new Histogram(this.#bind(name, 'histogram', options, options?.attributes));
  }

  gauge(name: string, options?: InstrumentOptions): Gauge {
    return new Gauge(this.#bind(name, 'gauge', options, options?.attributes), this.#clock);
  }

  upDownCounter(name: string, options?: InstrumentOptions): UpDownCounter {
    return new UpDownCounter(this.#bind(name, 'up-down-counter', options, options?.attributes));
  }

  observe(name: string, observer: () => Observed, options?: ObserveOptions): () => void {
    const { kind = 'gauge' } = options ?? {};
    const attributes = mergeAttributes({}, options?.attributes === undefined ? {} : options.attributes);
    const metric = observedKinds.includes(kind)
      ? this.#state.metricFor(name, `observed-${kind}`, options ?? {})
      : failure(invalidOption('kind', kind, observedKinds.join(', ')));
    const copy = copyAttributes(attributes);
    if (!metric.ok || !copy.ok || typeof observer !== 'function') {
      const error = !metric.ok ? metric.error : !copy.ok ? copy.error : undefined;
      this.#warn(
        `${describeValue(name)} is not observed: ${error?.message ?? 'the observer is no function.'}`,
      );
      return () => {};
    }
    return this.#state.addObservation(
      new MetricObservation({
        metric: metric.value,
        observer,
        attributes,
        clock: this.#clock,
        warn: this.#warn,
      }),
    );
  }

  with(attributes: Attributes): Recording {
    return new ScopedRecording(this, mergeAttributes({}, attributes));
  }

  /**
   * catalogue gives ways to record in which the compiler checks names, kinds and attribute keys. Metrics get their
   * unit, description and bounds now.
   *
   * @throws TelemetryError `INVALID_NAME`, `INVALID_OPTIONS` or `KIND_CONFLICT` for a definition that can't be used
   */
  catalogue<const C extends Catalogue>(definitions: C): CataloguedRecording<C> {
    for (const [name, definition] of Object.entries(definitions)) {
      const { kind, unit, description, bounds } = definition ?? {};
      if (!cataloguedKinds.includes(kind))
        throw invalidOption(`kind of "${name}"`, kind, cataloguedKinds.join(', '));
      const metric = this.#state.metricFor(name, kind, { unit, description, bounds });
      if (!metric.ok) throw metric.error;
    }
    return catalogued(this);
  }

  /**
   * attach has this thread record into a handle of another one, which called `share()`. Records are in every flush and
   * snapshot there that begins after them, and none is lost with this thread.
   *
   * @throws TelemetryError `INVALID_OPTIONS` for what `share()` did not give; `TOO_MANY_THREADS` when 64 threads are
   *   attached
   */
  static attach(shared: SharedTelemetry, options: AttachOptions = {}): AttachedTelemetry {
    return new AttachedTelemetry(shared, options);
  }

  /**
   * share gives what other threads can `attach` to: pass it to workers in `workerData` or a message, as often as you
   * like. Up to 64 threads can be attached at the same time.
   */
  share(): SharedTelemetry {
    if (this.#threads === undefined) {
      const state = this.#state;
      this.#threads = new AttachedThreads({ state, stateOptions: this.#stateOptions, warn: this.#warn });
      if (state.isClosed) this.#threads.close();
      else state.addSource(this.#threads);
    }
    return this.#threads.shared();
  }

  /** threads says how it goes with the threads that are attached. */
  threads(): ThreadStatus {
    return this.#threads?.status() ?? { attached: 0, refused: new Map() };
  }

  /** snapshot looks at what has been recorded, without clearing anything. */
  snapshot(): Snapshot {
    return this.#reader.snapshot();
  }

  /** account says where everything that was recorded is, in all and by metric. */
  account(): Account {
    return this.#reader.account();
  }

  /** status says how delivering goes. */
  status(): DeliveryStatus {
    const { pending } = this.account();
    const since = this.#reader.undeliveredSinceUnixNano;
    return {
      lastSuccessUnixMs: this.#lastSuccessUnixMs,
      failuresInRow: this.#failuresInRow,
      pending,
      pendingSinceUnixMs: pending === 0n ? undefined : Number(since / 1_000_000n),
      nextRequestInMs: this.#reader.waitMs,
    };
  }

  /** overflowedRecords says how many records went to the overflow series for want of room, by metric. */
  overflowedRecords(): ReadonlyMap<string, number> {
    return this.#state.overflowedRecords();
  }

  /**
   * flush takes a snapshot and has it exported. What the exporter says was delivered is cleared, all else is kept for
   * the next flush. Flushes never overlap: a call during one waits and then covers everything recorded before it, and
   * all that wait share the next. Never rejects.
   *
   * What fails for a reason that may pass is tried again, with growing waits, as long as there is time. The waits carry
   * over to later flushes.
   */
  async flush(options?: FlushOptions): Promise<FlushResult> {
    if (this.#state.isClosed) return failure(flushedTooLate());
    if (this.#shutdown !== undefined) return this.#shutdown;
    const { force = false, maxAttempts } = options ?? {};
    const limits = { timeoutMs: this.#timeout(options), force, maxAttempts: numberOr(Infinity, maxAttempts) };
    return this.#report(await this.#reader.flush(limits));
  }

  /**
   * flushSync flushes before it returns, for a process that dies of an uncaught error and will not come back to its
   * event loop. `undefined` when the exporter has no way to do that, or the handle was shut down.
   *
   * @param options.timeoutMs the time it may block the process, in milliseconds
   */
  flushSync(options?: { readonly timeoutMs?: number | undefined }): FlushResult | undefined {
    if (this.#state.isClosed) return undefined;
    const result = this.#reader.flushSync(this.#timeout(options));
    return result && this.#report(result);
  }

  /**
   * onFlush calls back with the result of every flush. Returns what ends that. The results are also published on the
   * `node:diagnostics_channel` named `pqcnet.telemetry.flush`.
   */
  onFlush(listener: (result: FlushResult) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** start flushes every `flushIntervalMs` from now on, without keeping the process alive. Does nothing if started. */
  start(): void {
    if (this.#schedule !== undefined || this.#shutdown !== undefined) return;
    this.#schedule = new FlushSchedule({
      clock: this.#clock,
      intervalMs: this.#flushIntervalMs,
      onBeat: () => void this.#flushOnBeat(),
    });
  }

  /**
   * flushOnExit flushes when the process ends, and lets it end as it would have. Returns what takes the hook off again;
   * `shutdown` does so, too, and a later call replaces it.
   *
   * - A signal that nobody else listens to: `shutdown`, then the signal. A second one ends the process at once. With
   *   another listener: a flush, and the rest is the listener's.
   * - The event loop has nothing left to do: one flush.
   * - An uncaught error or an unhandled rejection: `flushSync`, before the process dies of it. Where an
   *   `uncaughtException` listener keeps the process alive: at its `exit`.
   * - `process.exit()`: nothing, or `flushSync` with `atProcessExit`.
   *
   * @throws TelemetryError `INVALID_OPTIONS`
   */
  flushOnExit(options: FlushOnExitOptions = {}): () => void {
    const checked = checkFlushOnExitOptions(options);
    this.#takeOffExitHook();
    if (this.#shutdown !== undefined) return () => {};
    const hook = new ExitHook(this, { ...checked, onFlushed: (result) => this.#warnIfUnheard(result) });
    this.#takeOffExitHook = exitHooksOf(checked.process).add(hook);
    return this.#takeOffExitHook;
  }

  /**
   * shutdown flushes a last time, within `timeoutMs` at the most, and then records nothing more. Never rejects; a
   * later call gets the same result.
   *
   * @param options.timeoutMs the time all of it may take, in milliseconds. Default: that of a flush.
   */
  shutdown(options?: { readonly timeoutMs?: number | undefined }): Promise<FlushResult> {
    this.#shutdown ??= this.#shutDown(this.#timeout(options));
    return this.#shutdown;
  }

  /** Shuts down, at the end of an `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#warnIfUnheard(await this.shutdown());
  }

  /** A caller's time-out, within what a timer can hold. */
  #timeout(options: { readonly timeoutMs?: number | undefined } | undefined): number {
    return Math.min(Math.max(numberOr(this.#timeoutMs, options?.timeoutMs), 1), longestTimerMs);
  }

  async #shutDown(timeoutMs: number): Promise<FlushResult> {
    this.#schedule?.stop();
    const endsAtMs = this.#clock.monotonicMs() + timeoutMs;
    const result = this.#report(await this.#reader.flushFinally(timeoutMs));
    await this.#shutDownExporter(Math.max(0, endsAtMs - this.#clock.monotonicMs()));
    this.#takeOffExitHook();
    return result;
  }

  /** An exporter that takes too long to shut down is left to itself. */
  async #shutDownExporter(timeoutMs: number): Promise<void> {
    const overdue = Promise.withResolvers<void>();
    const cancel = this.#clock.schedule(overdue.resolve, timeoutMs, { keepsProcessAlive: true });
    try {
      await Promise.race([this.#exporter.shutdown?.(), overdue.promise]);
    } catch (error) {
      this.#warn(`The exporter failed to shut down: ${describeError(error)}`);
    }
    cancel();
  }

  async #flushOnBeat(): Promise<void> {
    // A flush that is still under way when the next one is due takes its place.
    if (this.#reader.isFlushing) return;
    const result = await this.flush();
    const nowMs = this.#clock.monotonicMs();
    if (nowMs >= this.#nextWarningMs && this.#warnIfUnheard(result)) {
      this.#nextWarningMs = nowMs + betweenWarningsMs;
    }
  }

  /** Warns of a failure whose result nobody gets; says whether it did. */
  #warnIfUnheard(result: FlushResult): boolean {
    if (result.ok || this.#listeners.size > 0 || flushes.hasSubscribers) return false;
    const { code, message, kept } = result.error;
    const what = this.#state.isClosed
      ? 'The last flush failed, what it did not deliver is lost'
      : `Flushing fails, ${kept ? 'the data are kept' : 'not all data are kept'}`;
    this.#warn(`${what} (${code}): ${message}`);
    return true;
  }

  #report(result: FlushResult): FlushResult {
    this.#failuresInRow = result.ok ? 0 : this.#failuresInRow + 1;
    if (result.ok) this.#lastSuccessUnixMs = this.#clock.unixMs();
    if (flushes.hasSubscribers) flushes.publish(result);
    for (const listener of this.#listeners) {
      try {
        listener(result);
      } catch (error) {
        this.#warn(`An onFlush listener threw: ${describeError(error)}`);
      }
    }
    return result;
  }

  #recordCounterUnusual(
    name: string,
    delta: number | bigint,
    attributes: Attributes | undefined,
  ): Result<void, TelemetryError> {
    const invalid = validateDelta(name, delta);
    if (invalid !== undefined) return failure(invalid);
    const cell = this.#state.reach(name, 'counter', attributes);
    if (!(cell instanceof Cell)) return cell;
    if (attributes === undefined && this.#isKnownByName(name, 'counter'))
      this.#plainCounters.set(name, new Counter(this.#bindPlain(name, 'counter')));
    return tryAdd(cell, delta) ? succeeded : addToCounter(cell, delta);
  }

  #recordLatencyUnusual(
    name: string,
    milliseconds: number,
    attributes: Attributes | undefined,
  ): Result<void, TelemetryError> {
    const invalid = validateLatency(name, milliseconds);
    if (invalid !== undefined) return failure(invalid);
    const cell = this.#state.reach(name, 'latency', attributes);
    if (!(cell instanceof Cell)) return cell;
    if (attributes === undefined && this.#isKnownByName(name, 'latency'))
      this.#plainLatencies.set(name, new Latency(this.#bindPlain(name, 'latency'), this.#clock));
    recordInRow(cell, milliseconds);
    return succeeded;
  }

  /** Whether the state finds a metric by the name as it is written here, which it does for a few spellings only. */
  #isKnownByName(name: string, kind: InstrumentKind): boolean {
    return this.#state.byName[kind].has(name);
  }

  /** Leads to the series without attributes of a metric that there is. */
  #bindPlain(name: string, kind: InstrumentKind): Binding {
    return { name, resolve: () => this.#state.cellFor(name, kind, undefined) };
  }

  #bind(
    name: string,
    kind: InstrumentKind,
    options: MetricOptions | undefined,
    attributes: Attributes | undefined,
  ): Binding {
    const metric = this.#state.metricFor(name, kind, options ?? {});
    const copy = copyAttributes(attributes === undefined ? {} : attributes);
    if (!metric.ok) return { name, resolve: () => metric };
    if (!copy.ok) return { name, resolve: () => copy };
    return new SeriesBinding(metric.value, keptCopy(copy.value));
  }
}

/** What a caller gave, if it is a number; callers of JavaScript pass anything. */
function numberOr(otherwise: number, given: number | undefined): number {
  return typeof given === 'number' && !Number.isNaN(given) ? given : otherwise;
}
