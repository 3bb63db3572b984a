import type { Attributes } from '../attributes.ts';
import { ExponentialBuckets } from '../exponential/exponential-buckets.ts';
import {
  type CopiedAttributes,
  type Pairs,
  copyAttributes,
  mayBeAttributes,
} from '../record/copy-attributes.ts';
import { type Result, success } from '../result.ts';
import type { TelemetryError } from '../telemetry-error.ts';
import { type Aggregation, emptyRow } from './aggregation.ts';
import type { AttributeIndex } from './attribute-index.ts';
import { BucketCounts } from './bucket-counts.ts';
import { Cell } from './cell.ts';
import type { ExplicitBounds } from './explicit-bounds.ts';
import { closeWindows } from './histogram-row.ts';
import type { InstrumentKind, Metric } from './metric.ts';
import { SeriesTable } from './series-table.ts';
import { Slab } from './slab.ts';
import { type SlotHolder, SlotHolders } from './slot-holders.ts';
import type { State } from './state.ts';
import { noSlot, slotIn, sumBlocks } from './sum-memory.ts';

/** The attributes of the series that takes what comes after the limit. Source: metrics SDK specification, "Cardinality limits". */
const overflowPairs: Pairs = ['otel.metric.overflow', true];
const overflowAttributes: CopiedAttributes = { asGiven: overflowPairs, normalized: overflowPairs };
const noPairs: Pairs = [];
const noAttributes: CopiedAttributes = { asGiven: noPairs, normalized: noPairs };

/** So many bound counters can add to a series directly, and two more for each other one: some make one for each record. */
const fewHolders = 256;

/** MetricState is one metric: what its series have in common, which there are, and their numbers. */
export class MetricState implements Metric {
  readonly state: State;
  readonly name: string;
  readonly kind: InstrumentKind;
  readonly aggregation: Aggregation;
  /** Whether rows have moments of windows. */
  readonly hasMoments: boolean;
  readonly unit: string;
  readonly description: string;
  /** Upper-inclusive bucket bounds; empty for what has none. */
  readonly bounds: readonly number[];
  readonly explicitBounds: ExplicitBounds;
  slab: Slab;
  /** For histograms with explicit buckets: the counts by row. */
  counts: BucketCounts | undefined;
  /** Which series there are, by row. */
  table: SeriesTable;
  /** The cell of the series without attributes, once there is one. */
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
  /** For histograms: whether snapshots have the values, and `own` is to be called before any of them is changed. */
  isShared = false;
  /** Whether the window ended that the moments in shared values are of. */
  #isWindowOver = false;
  /** Whether nothing was recorded in shared values since their window began. */
  #isWindowEmpty = false;
  /** Bound counters that add to their rows directly. */
  readonly slotHolders: SlotHolders = new SlotHolders();
  /** The cells of those rows that something holds on to. */
  #cells: (Cell | undefined)[] = [];
  /** The table's index, at hand for each record. */
  #index: AttributeIndex;
  /** The place that was looked up last. */
  readonly #cursor: Cell;

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
    this.hasMoments = fields.aggregation === 'histogram' || fields.aggregation === 'exponential-histogram';
    this.unit = fields.unit;
    this.description = fields.description;
    this.bounds = fields.bounds;
    this.explicitBounds = fields.state.explicitBoundsOf(fields.bounds);
    this.table = new SeriesTable(this, fields.state.keyPaths);
    this.#index = this.table.index;
    this.slab = new Slab(Float64Array.from(emptyRow(fields.aggregation)));
    this.counts = fields.aggregation === 'histogram' ? new BucketCounts(fields.bounds.length + 1) : undefined;
    this.#cursor = new Cell(this);
    this.buckets = fields.aggregation === 'exponential-histogram' ? [] : undefined;
  }

  /** Whether what comes next goes to the overflow series: its place is the last one. */
  get isFull(): boolean {
    return this.table.length >= this.state.cardinalityLimit - (this.overflow === undefined ? 1 : 0);
  }

  /** Whether any series is to go as soon as it is delivered. */
  get hasEnded(): boolean {
    // Only what is observed ends: the cells of others need no look.
    return this.kind.startsWith('observed-') && this.#cells.some((cell) => cell?.isEnded === true);
  }

  /**
   * find gives the place of the caller's attributes, if they came in such an order and form before: makes nothing. It is
   * good until the next place of the metric is looked for.
   */
  find(attributes: Attributes | undefined): Cell | undefined {
    if (attributes === undefined) return this.plain;
    try {
      if (!mayBeAttributes(attributes)) return undefined;
      const index = this.#index;
      const row = index.find(attributes);
      // Code in the caller's object may have made room for other series.
      return row < 0 || index !== this.#index ? undefined : this.#cursor.moveTo(row);
    } catch {
      // The caller's object threw; `reach` will say so.
      return undefined;
    }
  }

  /**
   * reach gives the place to record in for the caller's attributes: that of their series, made at first sight, or of the
   * overflow series past the limit. It is good until the next place of the metric is looked for.
   */
  reach(attributes: Attributes | undefined): Result<Cell, TelemetryError> {
    if (attributes !== undefined && !this.isFull && this.#canAddAsRead(attributes))
      return success(this.#cursor.moveTo(this.#addRow('as read')));
    const copy = attributes === undefined ? success(noAttributes) : copyAttributes(attributes);
    return copy.ok ? success(this.#cursor.moveTo(this.#rowFor(copy.value))) : copy;
  }

  /** cellFor is `reach` for what holds on to the place. */
  cellFor(attributes: Attributes | undefined): Result<Cell, TelemetryError> {
    const copy = attributes === undefined ? success(noAttributes) : copyAttributes(attributes);
    return copy.ok ? success(this.cellForCopy(copy.value)) : copy;
  }

  /** cellUnlessNew is `cellFor`, but that of the overflow series for what has no series yet, also where there is room. */
  cellUnlessNew(attributes: Attributes): Result<Cell, TelemetryError> {
    const copy = copyAttributes(attributes);
    if (!copy.ok) return copy;
    const row = this.table.index.findCopy(copy.value);
    return success(this.cellAt(row < 0 ? this.#overflowRow() : row));
  }

  /** cellForCopy is `cellFor` for attributes that were copied before. */
  cellForCopy(copy: CopiedAttributes): Cell {
    return this.cellAt(this.#rowFor(copy));
  }

  /** The cell of a row, made when it has none. */
  cellAt(row: number): Cell {
    const cells = this.#cells;
    // Without holes the array stays a quick one.
    while (cells.length <= row) cells.push(undefined);
    return (cells[row] ??= new Cell(this).moveTo(row));
  }

  /** The cell of a row, if it has one. */
  findCell(row: number): Cell | undefined {
    return this.#cells[row];
  }

  /** enter has a bound counter add to a row directly, for as long as that stays where it is; if there is room for it. */
  enter(holder: SlotHolder, row: number): void {
    if (!this.slab.isInMemory) {
      this.slab.moveTo(sumBlocks);
      this.#moveCells();
    }
    const slot = slotIn(this.slab.chunkOf(row), this.slab.offsetOf(row));
    if (slot === noSlot) return;
    holder.moveTo(slot);
    this.slotHolders.add(holder, fewHolders + 2 * this.slab.rows);
  }

  /** close makes every record from now on fail. */
  close(): void {
    this.slotHolders.releaseAll();
    this.table.index.forget();
    this.plain = undefined;
    for (const cell of this.#cells) cell?.park();
  }

  /** Whether `shareValues` has to copy them, though they lie in one chunk: it can be called ahead for that. */
  get hasToCopyValues(): boolean {
    return this.#isWindowOver;
  }

  /**
   * The values of all rows for a snapshot: nothing changes them any more. Those of histograms are copied when next
   * something is recorded, or at once where they lie in several chunks.
   */
  shareValues(): Float64Array {
    // The moments of a window that is over are none of the open one.
    const isWindowEmpty = this.#isWindowOver;
    if (isWindowEmpty) this.own();
    const only = this.hasMoments ? this.slab.only : undefined;
    if (only === undefined) return this.slab.copy();
    if (!this.isShared) this.#isWindowEmpty = isWindowEmpty;
    this.isShared = true;
    return only;
  }

  /** closeWindow begins a new window in every row of a histogram, once a snapshot has the last one. */
  closeWindow(): void {
    if (!this.hasMoments) return;
    if (!this.isShared) this.#closeWindows();
    else if (!this.#isWindowEmpty) this.#isWindowOver = true;
  }

  /** own makes values that snapshots have the metric's own again: a copy. All rows of the metric move. */
  own(): void {
    if (!this.isShared) return;
    this.slab.detach();
    this.isShared = false;
    if (this.#isWindowOver) this.#closeWindows();
    this.#isWindowOver = false;
    this.#isWindowEmpty = false;
  }

  #closeWindows(): void {
    for (const chunk of this.slab.usedChunks()) closeWindows(chunk, this.slab.width);
  }

  /** Tells the cells where their rows are now; those that were parked stay so. Bound counters ask again. */
  #moveCells(): void {
    this.slotHolders.releaseAll();
    for (const cell of this.#cells) {
      if (cell !== undefined && !cell.isParked) cell.moveTo(cell.row);
    }
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
    this.own();
    this.slotHolders.releaseAll();
    const { wideBases, buckets, slab } = this;
    const cells = this.#cells;
    const kept = rows.map((row) => cells[row]);
    // Not to keep the values of those that go.
    this.#index.forgetSeen();
    this.table = this.table.select(rows, this.state.keyPaths);
    this.#index = this.table.index;
    this.slab = slab.select(rows);
    slab.clear();
    this.counts = this.counts?.select(rows);
    this.buckets = buckets && rows.map((row) => buckets[row] as ExponentialBuckets);
    this.wideBases = new Map();
    this.#cells = cells.length === 0 ? [] : kept;
    for (const [newRow, row] of rows.entries()) {
      const base = wideBases.get(row);
      if (base !== undefined) this.wideBases.set(newRow, base);
      kept[newRow]?.moveTo(newRow);
      cells[row] = undefined;
    }
    for (const cell of cells) cell?.park();
  }

  #rowFor(copy: CopiedAttributes): number {
    const row = this.table.index.findCopy(copy);
    if (row < 0) return this.isFull ? this.#overflowRow() : this.#addRow(copy);
    this.table.index.learn(copy);
    return row;
  }

  #overflowRow(): number {
    this.overflowedRecords += 1;
    if (this.overflow === undefined) {
      const row = this.table.index.findCopy(overflowAttributes);
      this.overflow = this.cellAt(row < 0 ? this.#addRow(overflowAttributes) : row);
    }
    return this.overflow.row;
  }

  #canAddAsRead(attributes: Attributes): boolean {
    try {
      if (!mayBeAttributes(attributes)) return false;
      const index = this.#index;
      // Code in the caller's object may have made room for other series, or closed all.
      return index.canAddAsRead(attributes) && index === this.#index && !this.isFull;
    } catch {
      // The caller's object threw; the copy will say so.
      return false;
    }
  }

  #addRow(attributes: CopiedAttributes | 'as read'): number {
    const row = this.table.add(attributes, {
      id: this.state.nextSeriesId(),
      startTimeUnixNano: this.state.windowStartUnixNano,
    });
    if (this.slab.addRow()) this.#moveCells();
    this.counts?.addRow();
    this.buckets?.push(new ExponentialBuckets(this.epoch));
    if (attributes !== 'as read' && attributes.normalized.length === 0) this.plain = this.cellAt(row);
    return row;
  }
}
