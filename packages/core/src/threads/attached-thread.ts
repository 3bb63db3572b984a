import { type CopiedAttributes, copyAttributes } from '../record/copy-attributes.ts';
import type { Result } from '../result.ts';
import { aggregationOf } from '../state/aggregation.ts';
import { Cell, parkedValues } from '../state/cell.ts';
import type { MetricState } from '../state/metric-state.ts';
import type { State } from '../state/state.ts';
import type { TelemetryError } from '../telemetry-error.ts';
import { type TakenRow, amountIn, foldRow } from './fold-row.ts';
import { widthOf } from './row-layout.ts';
import { closedBit } from './row-state.ts';
import { type MetricIdentity, decodeAttributes, decodeMetric } from './series-identity.ts';
import type { SlabMemory } from './slab-memory.ts';
import { type SlabEntry, SlabReader } from './slab-reader.ts';

/** A metric that a thread records in. */
interface ThreadMetric {
  readonly identity: MetricIdentity;
  readonly width: number;
  /** The owner's metric, or why there is none; unknown before the first record. */
  state: Result<MetricState, TelemetryError> | undefined;
}

/** A series that a thread records in. */
interface ThreadSeries {
  readonly slab: SlabReader;
  readonly unit: number;
  readonly metric: ThreadMetric;
  /** Its attributes, and where they lead; unknown before the first record. */
  attributes: CopiedAttributes | undefined;
  cell: Cell | undefined;
}

/** AttachedThread is a thread that records into the owner's series, as the owner sees it. */
export class AttachedThread {
  readonly attachment: bigint;
  readonly #state: State;
  readonly #refuse: (metric: string, amount: bigint, error: TelemetryError) => void;
  readonly #warnOnce: (message: string) => void;
  readonly #slabs: SlabReader[];
  readonly #metrics: ThreadMetric[] = [];
  readonly #series: ThreadSeries[] = [];

  constructor(options: {
    readonly attachment: bigint;
    readonly state: State;
    readonly slab: SlabMemory;
    /** Told of what can't be put into the state. */
    readonly refuse: (metric: string, amount: bigint, error: TelemetryError) => void;
    readonly warnOnce: (message: string) => void;
  }) {
    this.attachment = options.attachment;
    this.#state = options.state;
    this.#refuse = options.refuse;
    this.#warnOnce = options.warnOnce;
    this.#slabs = [new SlabReader(options.slab)];
  }

  /** addSlab adds a slab in which the thread goes on once those before are full. */
  addSlab(slab: SlabMemory): void {
    this.#slabs.push(new SlabReader(slab));
  }

  /** fold adds to the state what the thread has recorded since the last time. */
  fold(): void {
    for (const slab of this.#slabs) for (const entry of slab.newEntries()) this.#add(slab, entry);
    for (const series of this.#series) {
      const at = series.slab.take(series.unit, series.metric.width);
      if (at >= 0) this.#foldSeries(series, at);
    }
  }

  /** foldFinally does the same, and has nothing recorded any more. */
  foldFinally(): void {
    for (const slab of this.#slabs) for (const entry of slab.newEntries()) this.#add(slab, entry);
    for (const { slab, unit } of this.#series) slab.close(unit, closedBit);
    this.fold();
  }

  #add(slab: SlabReader, { unit, metric }: SlabEntry): void {
    if (metric >= 0) {
      this.#series.push({
        slab,
        unit,
        metric: this.#metrics[metric] as ThreadMetric,
        attributes: undefined,
        cell: undefined,
      });
      return;
    }
    const identity = decodeMetric(slab.identity(unit, 0));
    const { kind, isExponential, bounds } = identity;
    const width = widthOf({
      aggregation: aggregationOf(kind, isExponential),
      buckets: bounds.length + 1,
      isSigned: kind !== 'latency',
    });
    this.#metrics.push({ identity, width, state: undefined });
  }

  #foldSeries(series: ThreadSeries, at: number): void {
    const { name, kind, bounds, isExponential } = series.metric.identity;
    const row: TakenRow = { values: series.slab.values, at, isExponential, bounds };
    const cell = this.#cellOf(series);
    const result = cell instanceof Cell ? foldRow(cell, row) : cell;
    if (!result.ok) this.#refuse(name, amountIn(aggregationOf(kind, isExponential), row), result.error);
  }

  #cellOf(series: ThreadSeries): Cell | Result<void, TelemetryError> {
    if (series.cell !== undefined && series.cell.values !== parkedValues) return series.cell;
    const { metric, slab, unit } = series;
    const { name, kind, options } = metric.identity;
    if (metric.state === undefined) {
      metric.state = this.#state.metricFor(name, kind, options);
      // Where code told other bounds, the state has said so.
      if (
        metric.state.ok &&
        options.bounds === undefined &&
        !hasSameBuckets(metric.state.value, metric.identity)
      )
        this.#warnOnce(
          `A thread records "${name}" in other buckets than those it has: they go to the nearest ones.`,
        );
    }
    if (!metric.state.ok) return metric.state;
    if (series.attributes === undefined) {
      const copy = copyAttributes(decodeAttributes(slab.identity(unit, metric.width)));
      if (!copy.ok) return copy;
      series.attributes = copy.value;
    }
    const cell = this.#state.boundCellFor(metric.state.value, series.attributes);
    // What overflows is not remembered: there may be room again.
    series.cell = cell instanceof Cell && cell !== cell.metric.overflow ? cell : undefined;
    return cell;
  }
}

function hasSameBuckets({ aggregation, bounds }: MetricState, identity: MetricIdentity): boolean {
  const isExponential = aggregation === 'exponential-histogram';
  return isExponential === identity.isExponential && String(bounds) === String(identity.bounds);
}
