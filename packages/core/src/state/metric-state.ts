import type { Attributes } from '../attributes.ts';
import { ExponentialBuckets } from '../exponential/exponential-buckets.ts';
import { type CopiedAttributes, type Pairs, copyAttributes } from '../record/copy-attributes.ts';
import { type Result, success } from '../result.ts';
import type { TelemetryError } from '../telemetry-error.ts';
import { type Aggregation, emptyRow } from './aggregation.ts';
import { AttributeIndex } from './attribute-index.ts';
import { Cell } from './cell.ts';
import type { ExplicitBounds } from './explicit-bounds.ts';
import type { InstrumentKind, Metric } from './metric.ts';
import { KeyOrders } from './key-orders.ts';
import { Slab } from './slab.ts';
import type { State } from './state.ts';

/** The attributes of the series that takes what comes after the limit. Source: metrics SDK specification, "Cardinality limits". */
const overflowPairs: Pairs = ['otel.metric.overflow', true];

/** MetricState is one metric: what its series have in common, and their cells. */
export class MetricState implements Metric {
  readonly state: State;
  readonly name: string;
  readonly kind: InstrumentKind;
  readonly aggregation: Aggregation;
  readonly unit: string;
  readonly description: string;
  /** Upper-inclusive bucket bounds; empty for what has none. */
  readonly bounds: readonly number[];
  readonly explicitBounds: ExplicitBounds;
  slab: Slab;
  /** The cells in row order. Only added to, or replaced: a snapshot can hold on to it with the length it had. */
  cells: Cell[] = [];
  /** The cell without attributes, once there is one. */
  plain: Cell | undefined = undefined;
  /**
   * For sums beyond 2^53 − 1: by row, what is to be added to the number in the slab. So far from the ends of the
   * range that a number that is a safe integer always means a sum within it.
   */
  wideBases: Map<number, bigint> = new Map();
  /** For exponential histograms: the buckets by row. */
  buckets: ExponentialBuckets[] | undefined;
  /** How often the buckets were shared with a snapshot: those of an earlier epoch are not changed any more. */
  epoch = 0;
  /** What the series held that made room for others: delivered, all of it. */
  retiredAmount = 0n;
  /** How many records the overflow series took. */
  overflowedRecords = 0;
  /** The cell that takes what comes after the limit, once there is one. */
  overflow: Cell | undefined = undefined;
  readonly #keyOrders = new KeyOrders();
  #index = new AttributeIndex();

  constructor(fields: {
    readonly state: State;
    readonly name: string;
    readonly kind: InstrumentKind;
    readonly aggregation: Aggregation;
    readonly unit: string;
    readonly description: string;
    readonly bounds: readonly number[];
  }) {
    this.state = fields.state;
    this.name = fields.name;
    this.kind = fields.kind;
    this.aggregation = fields.aggregation;
    this.unit = fields.unit;
    this.description = fields.description;
    this.bounds = fields.bounds;
    this.explicitBounds = fields.state.explicitBoundsOf(fields.bounds);
    this.slab = new Slab(emptyRow(fields.aggregation, fields.bounds));
    this.buckets = fields.aggregation === 'exponential-histogram' ? [] : undefined;
  }

  /** Whether what comes next goes to the overflow series: its place is the last one. */
  get isFull(): boolean {
    return this.cells.length >= this.state.cardinalityLimit - (this.overflow === undefined ? 1 : 0);
  }

  /** The cell for the caller's attributes, if they came in that very order and form before: makes nothing. */
  findCell(attributes: Attributes | undefined): Cell | undefined {
    if (attributes === undefined) return this.plain;
    if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes)) return undefined;
    try {
      return this.#index.find(attributes);
    } catch {
      // The caller's object threw; cellFor will say so.
      return undefined;
    }
  }

  /** The attributes of a series in the order that all of its kind have. */
  arrange({ normalized }: CopiedAttributes): Pairs {
    return this.#keyOrders.arrange(normalized);
  }

  /** The cell for attributes that were arranged, if the series exists: makes nothing. */
  findArranged(pairs: Pairs): Cell | undefined {
    return this.#index.findPath(pairs);
  }

  /**
   * The cell to record in for the caller's attributes; makes it at first sight, or gives the overflow series past the
   * limit.
   */
  cellFor(attributes: Attributes | undefined): Result<Cell, TelemetryError> {
    if (attributes === undefined) return success(this.#cellForPairs([]));
    const copy = copyAttributes(attributes);
    return copy.ok ? success(this.cellForCopy(copy.value)) : copy;
  }

  /** The same for attributes that were copied before. */
  cellForCopy({ asGiven, normalized }: CopiedAttributes): Cell {
    const pairs = this.#keyOrders.arrange(normalized);
    const cell = this.#cellForPairs(pairs);
    // What overflows is not remembered: that is the point of the limit.
    if (asGiven !== pairs && cell.isFor(pairs)) this.#index.addAlias(asGiven, cell);
    return cell;
  }

  /** The buckets of a row, to be changed: a copy, if a snapshot has those that are there. */
  ownBuckets(row: number): ExponentialBuckets {
    const buckets = this.buckets as ExponentialBuckets[];
    let own = buckets[row] as ExponentialBuckets;
    if (own.epoch !== this.epoch) {
      own = new ExponentialBuckets(this.epoch, own);
      buckets[row] = own;
    }
    return own;
  }

  /** The buckets by row for a snapshot: none of them changes any more. */
  shareBuckets(): readonly ExponentialBuckets[] | undefined {
    if (this.buckets === undefined) return undefined;
    this.epoch += 1;
    return this.buckets.slice();
  }

  /** keepRows lets go of the series in all other rows; who still holds their cells finds the way to new ones. */
  keepRows(rows: readonly number[]): void {
    const kept = rows.map((row) => this.cells[row] as Cell);
    const keptCells = new Set(kept);
    for (const cell of this.cells) if (!keptCells.has(cell)) cell.park();
    const { wideBases, buckets } = this;
    this.wideBases = new Map();
    this.#index = new AttributeIndex();
    this.plain = undefined;
    this.cells = kept;
    this.slab = this.slab.select(rows, (place, row) => {
      const cell = kept[row] as Cell;
      const base = wideBases.get(cell.row);
      if (base !== undefined) this.wideBases.set(row, base);
      cell.moveTo(place, row);
      this.#addToIndex(cell);
    });
    this.buckets = buckets && rows.map((row) => buckets[row] as ExponentialBuckets);
  }

  #cellForPairs(pairs: Pairs): Cell {
    const known = this.#index.findPath(pairs);
    if (known !== undefined) return known;
    if (!this.isFull) return this.#addCell(pairs);
    this.overflowedRecords += 1;
    return (this.overflow ??= this.#index.findPath(overflowPairs) ?? this.#addCell(overflowPairs));
  }

  #addCell(pairs: Pairs): Cell {
    const cell = new Cell({
      id: this.state.nextSeriesId(),
      metric: this,
      place: this.slab.addRow(),
      row: this.cells.length,
      startTimeUnixNano: this.state.windowStartUnixNano,
      pairs,
    });
    this.cells.push(cell);
    this.buckets?.push(new ExponentialBuckets(this.epoch));
    this.#addToIndex(cell);
    return cell;
  }

  #addToIndex(cell: Cell): void {
    this.#index.add(cell.pairs, cell);
    if (cell.pairs.length === 0) this.plain = cell;
  }
}
