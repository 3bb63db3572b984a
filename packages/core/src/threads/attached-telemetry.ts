import type { Attributes } from '../attributes.ts';
import { type Clock, systemClock } from '../clock.ts';
import { describeError, describeValue } from '../describe-value.ts';
import {
  type HistogramOptions,
  type InstrumentOptions,
  type LatencyOptions,
  type ObserveOptions,
  invalidOption,
  warnerOf,
} from '../handle-options.ts';
import type { Counter, Gauge, Histogram, Latency, UpDownCounter } from '../instruments.ts';
import { copyAttributes } from '../record/copy-attributes.ts';
import { mergeAttributes } from '../record/merge-attributes.ts';
import type { Observed } from '../record/observe.ts';
import type { Recording } from '../recording.ts';
import { type Result, failure } from '../result.ts';
import { ScopedRecording } from '../scoped-recording.ts';
import { Cell } from '../state/cell.ts';
import type { InstrumentKind } from '../state/metric.ts';
import type { MetricState } from '../state/metric-state.ts';
import { type MetricOptions, State } from '../state/state.ts';
import { TelemetryError } from '../telemetry-error.ts';
import { unixNanoOf } from '../unix-nano.ts';
import {
  AttachedCounter,
  AttachedGauge,
  AttachedHistogram,
  AttachedLatency,
  AttachedUpDownCounter,
  type RowBinding,
  type SharedDistribution,
  closedError,
} from './attached-instruments.ts';
import { widthOf } from './row-layout.ts';
import { encodeAttributes, encodeMetric } from './series-identity.ts';
import { SharedBuckets } from './shared-buckets.ts';
import { SharedExponential } from './shared-exponential.ts';
import { SharedGauge } from './shared-gauge.ts';
import { SharedSum } from './shared-sum.ts';
import { type SharedTelemetry, isSharedTelemetry } from './shared-telemetry.ts';
import { announceSlab } from './slab-announcements.ts';
import { SlabWriter } from './slab-writer.ts';
import { throwLifeline } from './thread-lifelines.ts';
import { ThreadRegistry, mostThreads } from './thread-registry.ts';

/** AttachOptions swaps parts of an attached thread. */
export interface AttachOptions {
  /** Where time comes from. */
  readonly clock?: Clock | undefined;
  /** Where warnings go. Default: `process.emitWarning`. */
  readonly warn?: ((message: string) => void) | undefined;
}

type Row = SharedSum | SharedGauge | SharedDistribution;
type Instrument = AttachedCounter | AttachedLatency | AttachedGauge;

/**
 * AttachedTelemetry records into the series of a handle that lives on another thread: `TelemetryHandle.attach` makes one
 * from what `share()` gave there. It has the same ways to record as the handle; flushing is the owner's. What was
 * recorded here is in every flush, snapshot and account of the owner that begins later, even if this thread is busy,
 * blocked or gone.
 *
 * A name that is another kind with the owner, a limit or an overflow that only both together reach are found when the
 * owner looks, and reported there.
 */
export class AttachedTelemetry implements Recording, Disposable {
  readonly #clock: Clock;
  readonly #warn: (message: string) => void;
  /** What leads from names and attributes to series; nothing is recorded in it. */
  readonly #state: State;
  readonly #registry: ThreadRegistry;
  /** What there is of this thread with the owner, unless that was shut down before. */
  readonly #attachment: Attachment | undefined = undefined;
  /** What code said of metrics. */
  readonly #told = new Map<MetricState, MetricOptions>();
  /** The numbers of the metrics that the owner was told of. */
  readonly #metrics = new Map<MetricState, number>();
  /** By the ids of their series in the state here. */
  readonly #rows: Row[] = [];
  readonly #instruments: Instrument[] = [];

  /** @internal */
  constructor(shared: SharedTelemetry, options: AttachOptions) {
    const { clock = systemClock } = options;
    const warn = warnerOf(options.warn);
    if (!isSharedTelemetry(shared)) throw invalidOption('shared', shared, 'what share() gave');
    this.#clock = clock;
    this.#warn = warn;
    this.#state = new State({ ...shared.options, warn }, unixNanoOf(clock.unixMs()));
    this.#registry = new ThreadRegistry(shared.registry);
    if (this.#registry.isClosed) this.#state.close();
    else this.#attachment = attachTo(this.#registry, shared);
  }

  recordCounter(name: string, delta: number | bigint, attributes?: Attributes): Result<void, TelemetryError> {
    const known = this.#find(name, 'counter', attributes) as AttachedCounter | undefined;
    if (known !== undefined) return known.add(delta);
    const made = new AttachedCounter(this.#bindByName<SharedSum>(name, 'counter', attributes));
    const result = made.add(delta);
    if (result.ok) this.#keep(made, name, 'counter', attributes);
    return result;
  }

  recordLatencyMs(name: string, milliseconds: number, attributes?: Attributes): Result<void, TelemetryError> {
    const known = this.#find(name, 'latency', attributes) as AttachedLatency | undefined;
    if (known !== undefined) return known.record(milliseconds);
    const binding = this.#bindByName<SharedDistribution>(name, 'latency', attributes);
    const made = new AttachedLatency(binding, this.#clock);
    const result = made.record(milliseconds);
    if (result.ok) this.#keep(made, name, 'latency', attributes);
    return result;
  }

  recordGauge(name: string, value: number, attributes?: Attributes): Result<void, TelemetryError> {
    const known = this.#find(name, 'gauge', attributes) as AttachedGauge | undefined;
    if (known !== undefined) return known.set(value);
    const made = new AttachedGauge(this.#bindByName<SharedGauge>(name, 'gauge', attributes), this.#clock);
    const result = made.set(value);
    if (result.ok) this.#keep(made, name, 'gauge', attributes);
    return result;
  }

  counter(name: string, options?: InstrumentOptions): Counter {
    return new AttachedCounter(this.#bind<SharedSum>(name, 'counter', options, options?.attributes));
  }

  upDownCounter(name: string, options?: InstrumentOptions): UpDownCounter {
    return new AttachedUpDownCounter(
      this.#bind<SharedSum>(name, 'up-down-counter', options, options?.attributes),
    );
  }

  latency(name: string, options?: LatencyOptions): Latency {
    const { boundsMs, description, attributes } = options ?? {};
    return new AttachedLatency(
      this.#bind<SharedDistribution>(name, 'latency', { description, bounds: boundsMs }, attributes),
      this.#clock,
    );
  }

  histogram(name: string, options?: HistogramOptions): Histogram {
    return new AttachedHistogram(
      this.#bind<SharedDistribution>(name, 'histogram', options, options?.attributes),
    );
  }

  gauge(name: string, options?: InstrumentOptions): Gauge {
    return new AttachedGauge(
      this.#bind<SharedGauge>(name, 'gauge', options, options?.attributes),
      this.#clock,
    );
  }

  /** observe does nothing here but warn: observers are asked by the owner's flushes, which don't wait for threads. */
  observe(name: string, _observer: () => Observed, _options?: ObserveOptions): () => void {
    this.#warn(
      `${describeValue(name)} is not observed: observers are for the thread that flushes. Set a gauge here instead.`,
    );
    return () => {};
  }

  with(attributes: Attributes): Recording {
    return new ScopedRecording(this, mergeAttributes({}, attributes));
  }

  /** detach ends recording here, so that another thread can have this one's place. What was recorded stays. */
  detach(): void {
    if (this.#state.isClosed) return;
    this.#close();
    this.#attachment?.release();
  }

  /** Detaches, at the end of a `using`. */
  [Symbol.dispose](): void {
    this.detach();
  }

  /** The bound instrument of a series that was recorded by name before. */
  #find(name: string, kind: InstrumentKind, attributes: Attributes | undefined): Instrument | undefined {
    const place = this.#state.byName[kind].get(name)?.find(attributes);
    return place === undefined ? undefined : this.#instruments[place.seriesId];
  }

  #keep(
    instrument: Instrument,
    name: string,
    kind: InstrumentKind,
    attributes: Attributes | undefined,
  ): void {
    const place = this.#state.byName[kind].get(name)?.find(attributes);
    if (place !== undefined) this.#instruments[place.seriesId] = instrument;
  }

  #bindByName<R extends Row>(
    name: string,
    kind: InstrumentKind,
    attributes: Attributes | undefined,
  ): RowBinding<R> {
    return {
      name,
      resolve: () =>
        this.#rowOf(this.#state.reach(name, kind, attributes)) as R | Result<void, TelemetryError>,
    };
  }

  #bind<R extends Row>(
    name: string,
    kind: InstrumentKind,
    options: MetricOptions | undefined,
    attributes: Attributes | undefined,
  ): RowBinding<R> {
    const { unit, description, bounds } = options ?? {};
    const metric = this.#state.metricFor(name, kind, { unit, description, bounds });
    const copy = copyAttributes(attributes === undefined ? {} : attributes);
    if (!metric.ok) return { name, resolve: () => metric };
    if (!copy.ok) return { name, resolve: () => copy };
    if (!this.#told.has(metric.value)) this.#told.set(metric.value, { unit, description, bounds });
    return {
      name,
      resolve: () =>
        this.#rowOf(this.#state.boundCellFor(metric.value, copy.value)) as R | Result<void, TelemetryError>,
    };
  }

  /** The row of a series; makes it at first sight, and tells the owner what it is. */
  #rowOf(cell: Cell | Result<void, TelemetryError>): Row | Result<void, TelemetryError> {
    if (!(cell instanceof Cell)) return cell;
    const known = this.#rows[cell.seriesId];
    if (known !== undefined) return known;
    try {
      const row = this.#makeRow(cell);
      this.#rows[cell.seriesId] = row;
      // The owner finds the row when it shuts down, or was shut down by now.
      if (!this.#registry.isClosed) return row;
      this.#close();
      return failure(closedError(cell.metric.name));
    } catch (cause) {
      const message = `"${cell.metric.name}" was not recorded: there is no memory to share: ${describeError(cause)}`;
      return failure(new TelemetryError('OUT_OF_MEMORY', message, { cause }));
    }
  }

  #makeRow(cell: Cell): Row {
    const { metric } = cell;
    const { aggregation, kind, bounds, explicitBounds } = metric;
    const width = widthOf({ aggregation, buckets: bounds.length + 1, isSigned: kind !== 'latency' });
    const { writer } = this.#attachment as Attachment;
    const place = writer.addSeries(encodeAttributes(metric.table.attributes(cell.row)), {
      metric: this.#numberOf(metric, writer),
      width,
    });
    switch (aggregation) {
      case 'sum':
        return new SharedSum(place);
      case 'gauge':
        return new SharedGauge(place);
      case 'histogram':
        return new SharedBuckets(place, explicitBounds);
      case 'exponential-histogram':
        return new SharedExponential(place);
    }
  }

  #numberOf(metric: MetricState, writer: SlabWriter): number {
    const known = this.#metrics.get(metric);
    if (known !== undefined) return known;
    const { name, kind, bounds, aggregation } = metric;
    const options = this.#told.get(metric) ?? {};
    const isExponential = aggregation === 'exponential-histogram';
    const number = writer.addMetric(encodeMetric({ name, kind, options, bounds, isExponential }));
    this.#metrics.set(metric, number);
    return number;
  }

  /** Nothing is recorded any more, neither in rows nor in new ones. */
  #close(): void {
    this.#state.close();
    for (const row of this.#rows) row?.close();
  }
}

/** Attachment is a thread's place with the owner. */
interface Attachment {
  readonly writer: SlabWriter;
  /** Gives the place back. */
  release(): void;
}

function attachTo(registry: ThreadRegistry, { id, ownerThreadId }: SharedTelemetry): Attachment {
  const attachment = registry.newAttachment();
  // Before it takes a slot: what ends without having said so would keep it.
  const letGo = throwLifeline({ shareId: id, threadId: ownerThreadId }, attachment);
  const slot = registry.claim(attachment);
  if (slot === undefined) {
    letGo();
    throw new TelemetryError(
      'TOO_MANY_THREADS',
      `This thread can't be attached: ${mostThreads} are, the most that a handle can have.`,
    );
  }
  return {
    writer: new SlabWriter(registry.slabOf(slot), (slab) => announceSlab(id, { attachment, slab })),
    release: () => {
      registry.detach(slot, attachment);
      letGo();
    },
  };
}
