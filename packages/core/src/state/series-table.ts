import type { AttributeValue, Attributes } from '../attributes.ts';
import type { CopiedAttributes, Pairs } from '../record/copy-attributes.ts';
import { AttributeIndex } from './attribute-index.ts';
import type { KeyPaths } from './key-paths.ts';
import type { Metric } from './metric.ts';
import { room } from './room.ts';
import type { Series } from './series.ts';
import { StartTimes } from './start-times.ts';

const largestUint32 = 2 ** 32 - 1;

/**
 * SeriesTable says which series a metric has: by row, their ids, when they began, and their attributes. It is only
 * added to, or replaced by another: a snapshot can hold on to it with the length that it had.
 */
export class SeriesTable {
  readonly metric: Metric;
  readonly index: AttributeIndex;
  /** The ids of the rows, less that of the first one: in 32 bits, for as long as they fit. */
  #ids: Uint32Array | Float64Array = new Uint32Array(2);
  #firstId = 0;
  readonly #startTimes = new StartTimes();
  /** The objects of series that someone asked for, by row. */
  readonly #series: (KnownSeries | undefined)[] = [];
  /**
   * The tables that the metric had and has, the newest last, as long as someone holds them: whichever makes the object of
   * a series tells the others. Weak, since a snapshot that is kept must not keep all tables that came later.
   */
  #relatives: WeakRef<SeriesTable>[] = [new WeakRef<SeriesTable>(this)];

  constructor(metric: Metric, paths?: KeyPaths) {
    this.metric = metric;
    this.index = new AttributeIndex(paths);
  }

  /** How many rows there are. */
  get length(): number {
    return this.index.length;
  }

  /**
   * Adds the next row, for attributes that have none: a copy of them, or as the index has just read them. Ids grow from row
   * to row, and no series began before the last.
   */
  add(
    attributes: CopiedAttributes | 'as read',
    begun: { readonly id: number; readonly startTimeUnixNano: bigint },
  ): number {
    const row = attributes === 'as read' ? this.index.addAsRead() : this.index.add(attributes);
    if (row === 0) this.#firstId = begun.id;
    const id = begun.id - this.#firstId;
    if (id > largestUint32 && this.#ids instanceof Uint32Array) this.#ids = Float64Array.from(this.#ids);
    this.#ids = room(this.#ids, row + 1);
    this.#ids[row] = id;
    this.#startTimes.add(row, begun.startTimeUnixNano);
    return row;
  }

  /** The id of a row's series. */
  id(row: number): number {
    return this.#firstId + (this.#ids[row] as number);
  }

  /** When the running total of a row began, in nanoseconds since the Unix epoch. */
  startTimeUnixNano(row: number): bigint {
    return this.#startTimes.of(row);
  }

  /** The attributes of a row, in a frozen object without a prototype. */
  attributes(row: number): Attributes {
    return attributesOf(this.index.pairs(row));
  }

  /** The series of a row: the same object whenever it is asked for, also by snapshots of other times. */
  series(row: number): Series {
    return this.#series[row] ?? this.#makeSeries(row);
  }

  /** select gives a table of some of the rows, in their order, that takes the place of this one. */
  select(rows: readonly number[], paths?: KeyPaths): SeriesTable {
    const selected = new SeriesTable(this.metric, paths);
    for (const row of rows) {
      const pairs = this.index.pairs(row);
      const begun = { id: this.id(row), startTimeUnixNano: this.startTimeUnixNano(row) };
      const newRow = selected.add({ asGiven: pairs, normalized: pairs }, begun);
      const series = this.#series[row];
      if (series === undefined) continue;
      while (selected.#series.length < newRow) selected.#series.push(undefined);
      selected.#series[newRow] = series;
      series.moveTo(selected, newRow);
    }
    for (const series of this.#series) if (series?.isIn(this) === true) series.leave();
    const held = this.#relatives.filter((table) => table.deref() !== undefined);
    this.#relatives.splice(0, Infinity, ...held, ...selected.#relatives);
    selected.#relatives = this.#relatives;
    return selected;
  }

  #makeSeries(row: number): KnownSeries {
    const series = new KnownSeries(this, row);
    this.#series[row] = series;
    if (this.#relatives.length > 1) this.#tellRelatives(series);
    return series;
  }

  /** Has all tables with a series give the same object for it, which lives in the newest table, or in none. */
  #tellRelatives(series: KnownSeries): void {
    const newest = this.#relatives.at(-1)?.deref();
    for (const relative of this.#relatives) {
      const table = relative.deref();
      if (table === undefined) continue;
      const row = table.#rowOf(series.id);
      if (row < 0) continue;
      table.#series[row] = series;
      series.moveTo(table, row);
    }
    if (newest === undefined || !series.isIn(newest)) series.leave();
  }

  /** The row of the series with an id; −1 when it is not here. */
  #rowOf(id: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.id(middle) < id) low = middle + 1;
      else high = middle;
    }
    return low < this.length && this.id(low) === id ? low : -1;
  }
}

/** KnownSeries is a series as an object of its own, for as long as someone holds it. */
class KnownSeries implements Series {
  readonly id: number;
  readonly metric: Metric;
  /** The table that has its attributes; once it is gone, the attributes themselves. */
  #table: SeriesTable | Pairs;
  #row: number;

  constructor(table: SeriesTable, row: number) {
    this.id = table.id(row);
    this.metric = table.metric;
    this.#table = table;
    this.#row = row;
  }

  get attributes(): Attributes {
    return attributesOf(KnownSeries.#pairsOf(this));
  }

  isIn(table: SeriesTable): boolean {
    return this.#table === table;
  }

  moveTo(table: SeriesTable, row: number): void {
    this.#table = table;
    this.#row = row;
  }

  /** leave takes the attributes out of a table that lives no longer than its snapshots. */
  leave(): void {
    this.#table = KnownSeries.#pairsOf(this);
  }

  /** Static, since a private method would be a field more in every object. */
  static #pairsOf(series: KnownSeries): Pairs {
    const table = series.#table;
    return table instanceof SeriesTable ? table.index.pairs(series.#row) : table;
  }
}

function attributesOf(pairs: Pairs): Attributes {
  const attributes = Object.create(null) as Record<string, AttributeValue>;
  for (let i = 0; i < pairs.length; i += 2) attributes[pairs[i] as string] = pairs[i + 1] as AttributeValue;
  return Object.freeze(attributes);
}
