import { describeValue } from '../describe-value.ts';
import type { CopiedAttributes } from '../record/copy-attributes.ts';
import { NameMap } from '../record/name-map.ts';
import {
  validateBounds,
  validateDescription,
  validateName,
  validateUnit,
} from '../record/validate-instrument.ts';
import { type Result, failure, succeeded, success } from '../result.ts';
import { TelemetryError } from '../telemetry-error.ts';
import type { Attributes } from '../attributes.ts';
import { aggregationOf } from './aggregation.ts';
import type { Cell } from './cell.ts';
import { ExplicitBounds } from './explicit-bounds.ts';
import { KeyPaths } from './key-paths.ts';
import type { InstrumentKind } from './metric.ts';
import { MetricState } from './metric-state.ts';
import { Partials } from './partials.ts';

/** MetricOptions is what a metric is told beyond its name and kind; the first to say something decides. */
export interface MetricOptions {
  /** A UCUM unit such as `By`, `s` or `{request}`; at most 63 ASCII characters. */
  readonly unit?: string | undefined;
  /** What the metric tells, for people; the receiver gets it. */
  readonly description?: string | undefined;
  /** Upper-inclusive bucket bounds of a histogram, finite and strictly increasing, in the metric's unit. */
  readonly bounds?: readonly number[] | undefined;
}

/** StateOptions is what all metrics of a state share. */
export interface StateOptions {
  /** How many series a metric may have, the overflow series included. */
  readonly cardinalityLimit: number;
  /** The bounds of latencies that are told none. */
  readonly latencyBoundsMs: readonly number[];
  /** The bounds of histograms that are told none. */
  readonly histogramBounds: readonly number[];
  /** Whether latencies and histograms that are told no bounds have exponential buckets instead. */
  readonly isExponential: boolean;
  /** Options by metric name, which win over those in code. */
  readonly metrics: ReadonlyMap<string, MetricOptions>;
  /** Whether records are to come to nothing, with success. */
  readonly isDisabled: boolean;
  readonly warn: (message: string) => void;
}

/** Observation is a source of values that is asked when they are wanted. It never throws. */
export interface Observation {
  run(): void;
  /** Lets go of what it observed. */
  end(): void;
}

/** RecordSource is another place where records are kept until someone looks: what other threads recorded. */
export interface RecordSource {
  /** Adds what was recorded since the last time to the rows. */
  fold(): void;
  /** Does so a last time, and has nothing recorded there any more. */
  close(): void;
}

/** State is all that was ever recorded: the metrics by name, in the order of their first use. */
export class State {
  readonly cardinalityLimit: number;
  /** When the open window began: where the running totals of new series begin. */
  windowStartUnixNano: bigint;
  readonly partials: Partials = new Partials();
  /** By the name as callers write it, to find a metric without lower-casing: at most a few casings each. */
  readonly byName: { readonly [Kind in InstrumentKind]: NameMap<MetricState> } = {
    counter: new NameMap(),
    'up-down-counter': new NameMap(),
    latency: new NameMap(),
    histogram: new NameMap(),
    gauge: new NameMap(),
    'observed-counter': new NameMap(),
    'observed-up-down-counter': new NameMap(),
    'observed-gauge': new NameMap(),
  };
  readonly #options: StateOptions;
  readonly #byLowerCaseName = new Map<string, MetricState>();
  readonly #configured: ReadonlyMap<string, MetricOptions>;
  readonly #warned = new Set<MetricState>();
  readonly #explicitBounds = new Map<string, ExplicitBounds>();
  readonly #observations = new Set<Observation>();
  readonly #sources: RecordSource[] = [];
  #keyPaths = new KeyPaths();
  #lastSeriesId = 0;
  #isGathering = false;
  #isClosed = false;

  constructor(options: StateOptions, startUnixNano: bigint) {
    this.#options = options;
    this.cardinalityLimit = options.cardinalityLimit;
    this.windowStartUnixNano = startUnixNano;
    this.#configured = new Map([...options.metrics].map(([name, metric]) => [name.toLowerCase(), metric]));
  }

  /** What tables that begin now share. Those of series long gone go with the last table that has them. */
  get keyPaths(): KeyPaths {
    if (this.#keyPaths.isLarge) this.#keyPaths = new KeyPaths();
    return this.#keyPaths;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The metrics in the order of their first use. */
  metrics(): Iterable<MetricState> {
    return this.#byLowerCaseName.values();
  }

  /** A metric by its name in any casing. */
  findMetric(name: string): MetricState | undefined {
    // Callers of JavaScript pass anything.
    return typeof name === 'string' ? this.#byLowerCaseName.get(name.toLowerCase()) : undefined;
  }

  /** What finds buckets among these bounds: one for all metrics that have the same. */
  explicitBoundsOf(bounds: readonly number[]): ExplicitBounds {
    const key = bounds.join();
    const known = this.#explicitBounds.get(key) ?? new ExplicitBounds(bounds);
    this.#explicitBounds.set(key, known);
    return known;
  }

  nextSeriesId(): number {
    this.#lastSeriesId += 1;
    return this.#lastSeriesId;
  }

  /**
   * The metric of that name and kind; makes it at first use.
   * Fails with `SHUT_DOWN`, `INVALID_NAME`, `INVALID_OPTIONS` or `KIND_CONFLICT`.
   */
  metricFor(
    name: string,
    kind: InstrumentKind,
    options: MetricOptions = {},
  ): Result<MetricState, TelemetryError> {
    if (this.#isClosed) return failure(shutDownError(name));
    const invalid =
      validateName(name) ??
      validateUnit(name, options.unit) ??
      validateDescription(name, options.description) ??
      validateBounds(name, options.bounds);
    if (invalid !== undefined) return failure(invalid);

    const lowerCaseName = name.toLowerCase();
    const known = this.#byLowerCaseName.get(lowerCaseName);
    if (known !== undefined && known.kind !== kind) return failure(kindConflict(known, kind));
    const metric = known ?? this.#makeMetric(name, kind, options);
    if (known === undefined) this.#byLowerCaseName.set(lowerCaseName, metric);
    else this.#warnOfOtherOptions(known, options);

    const aliases = this.byName[kind];
    if (aliases.size < 4 * this.#byLowerCaseName.size + 16) aliases.set(name, metric);
    return success(metric);
  }

  /**
   * reach gives the place of a series; makes metric and series at first sight. Or what recording is to return instead:
   * the errors of `metricFor`, `INVALID_ATTRIBUTE`, or success in a disabled state. The place is good until the next one
   * is looked for.
   */
  reach(
    name: string,
    kind: InstrumentKind,
    attributes: Attributes | undefined,
  ): Cell | Result<void, TelemetryError> {
    const metric = this.#metricToRecord(name, kind);
    if (!(metric instanceof MetricState)) return metric;
    const place = metric.reach(attributes);
    return place.ok ? place.value : place;
  }

  /** cellFor is `reach` for what holds on to the place. */
  cellFor(
    name: string,
    kind: InstrumentKind,
    attributes: Attributes | undefined,
  ): Cell | Result<void, TelemetryError> {
    const metric = this.#metricToRecord(name, kind);
    if (!(metric instanceof MetricState)) return metric;
    const cell = metric.cellFor(attributes);
    return cell.ok ? cell.value : cell;
  }

  /** The cell of a series of a metric that was found before, or what recording is to return instead. */
  boundCellFor(metric: MetricState, attributes: CopiedAttributes): Cell | Result<void, TelemetryError> {
    if (this.#isClosed) return failure(shutDownError(metric.name));
    return this.#options.isDisabled ? succeeded : metric.cellForCopy(attributes);
  }

  /** addObservation has something observed from now on; returns what ends that. */
  addObservation(observation: Observation): () => void {
    this.#observations.add(observation);
    return () => {
      if (this.#observations.delete(observation)) observation.end();
    };
  }

  /** addSource has records of other threads folded in before anything is read. */
  addSource(source: RecordSource): void {
    this.#sources.push(source);
  }

  /** closeSources has nothing recorded in other threads any more; what was is folded in. */
  closeSources(): void {
    for (const source of this.#sources) source.close();
  }

  /** foldAll brings everything that was recorded into the slabs, on whatever thread. */
  foldAll(): void {
    this.fold();
    for (const source of this.#sources) source.fold();
  }

  /** fold brings everything that was recorded on this thread into the slabs. */
  fold(): void {
    this.partials.fold();
  }

  /** releaseSome lets go of a few bound counters, others each time: those that are gone are not kept for ever. */
  releaseSome(): void {
    for (const metric of this.metrics()) metric.slotHolders.releaseSome();
  }

  /** gather makes the slabs hold all there is now: what was recorded, and what observers say. */
  gather(): void {
    this.foldAll();
    // An observer that looks or flushes itself comes here again.
    if (this.#isClosed || this.#options.isDisabled || this.#isGathering) return;
    this.#isGathering = true;
    for (const observation of this.#observations) observation.run();
    this.#isGathering = false;
    // Observers may have recorded, too.
    this.fold();
  }

  /** How many records the overflow series took, by metric; only metrics where it took any. */
  overflowedRecords(): ReadonlyMap<string, number> {
    const byName = new Map<string, number>();
    for (const { name, overflowedRecords } of this.metrics()) {
      if (overflowedRecords > 0) byName.set(name, overflowedRecords);
    }
    return byName;
  }

  /** close makes every record from now on fail with `SHUT_DOWN`; what was recorded can still be read. */
  close(): void {
    this.fold();
    this.closeSources();
    this.#isClosed = true;
    for (const metric of this.metrics()) metric.close();
  }

  /** The metric to record in, made at first use; or what recording is to return instead. */
  #metricToRecord(name: string, kind: InstrumentKind): MetricState | Result<void, TelemetryError> {
    if (this.#isClosed) return failure(shutDownError(name));
    if (this.#options.isDisabled) return succeeded;
    const known = this.byName[kind].get(name);
    if (known !== undefined) return known;
    const metric = this.metricFor(name, kind);
    return metric.ok ? metric.value : metric;
  }

  #makeMetric(name: string, kind: InstrumentKind, options: MetricOptions): MetricState {
    const configured = this.#configured.get(name.toLowerCase());
    const { latencyBoundsMs, histogramBounds, isExponential } = this.#options;
    const bounds = configured?.bounds ?? options.bounds;
    const aggregation = aggregationOf(kind, isExponential && bounds === undefined);
    const boundsUntold = kind === 'latency' ? latencyBoundsMs : histogramBounds;
    return new MetricState({
      state: this,
      name,
      kind,
      aggregation,
      unit: configured?.unit ?? options.unit ?? (kind === 'latency' ? 'ms' : ''),
      // Never malformed for the receiver: unpaired surrogates are replaced, as they are in attributes.
      description: (configured?.description ?? options.description ?? '').toWellFormed(),
      bounds: Object.freeze(aggregation === 'histogram' ? [...(bounds ?? boundsUntold)] : []),
    });
  }

  /** A later, different option can't be followed: the data are already in the first one's form. Said once a metric. */
  #warnOfOtherOptions(metric: MetricState, options: MetricOptions): void {
    if (this.#warned.has(metric)) return;
    const configured = this.#configured.get(metric.name.toLowerCase());
    const ignored = (['unit', 'description', 'bounds'] as const).filter(
      (option) =>
        configured?.[option] === undefined &&
        options[option] !== undefined &&
        String(options[option]).toWellFormed() !== String(metric[option]),
    );
    if (ignored.length === 0) return;
    this.#warned.add(metric);
    this.#options.warn(
      `Metric "${metric.name}" was already made with another ${ignored.join(' and ')}: the first one stays.`,
    );
  }
}

function shutDownError(name: string): TelemetryError {
  return new TelemetryError(
    'SHUT_DOWN',
    `${describeValue(name)} was not recorded: this telemetry handle was shut down.`,
  );
}

function kindConflict(metric: MetricState, kind: InstrumentKind): TelemetryError {
  return new TelemetryError(
    'KIND_CONFLICT',
    `"${metric.name}" can't be used as ${withArticle(kind)}: it is ${withArticle(metric.kind)} since its first use.`,
  );
}

function withArticle(kind: InstrumentKind): string {
  return `${/^[ou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}
