import type { Attributes } from '../attributes.ts';
import { type CopiedAttributes, type Pairs, copyAttributes } from '../record/copy-attributes.ts';
import { type Result, success } from '../result.ts';
import type { TelemetryError } from '../telemetry-error.ts';
import { AttributeIndex } from './attribute-index.ts';
import { Cell } from './cell.ts';
import { emptyHistogramRow } from './histogram-row.ts';
import { emptyGaugeRow } from './gauge-row.ts';
import type { InstrumentKind, Metric } from './metric.ts';
import { Slab } from './slab.ts';
import type { State } from './state.ts';

/** The attributes of the series that takes what comes after the limit. Source: metrics SDK specification, "Cardinality limits". */
const overflowPairs: Pairs = ['otel.metric.overflow', true];

/** MetricState is one metric: what its series have in common, and their cells. */
export class MetricState implements Metric {
  readonly state: State;
  readonly name: string;
  readonly kind: InstrumentKind;
  readonly unit: string;
  readonly description: string;
  /** Upper-inclusive bucket bounds; empty for what is no histogram. */
  readonly bounds: readonly number[];
  readonly slab: Slab;
  /** The cells in row order. Only ever added to, so a snapshot can hold on to it with the length it had. */
  readonly cells: Cell[] = [];
  /** The cell without attributes, once there is one. */
  plain: Cell | undefined = undefined;
  /**
   * For counters beyond 2^53 − 1: by row, what is to be added to the number in the slab. Never above
   * 2^64 − 2^53, so that a number that is a safe integer always means a total below 2^64.
   */
  readonly wideBases: Map<number, bigint> = new Map();
  readonly #index = new AttributeIndex();

  constructor(fields: {
    readonly state: State;
    readonly name: string;
    readonly kind: InstrumentKind;
    readonly unit: string;
    readonly description: string;
    readonly bounds: readonly number[];
  }) {
    this.state = fields.state;
    this.name = fields.name;
    this.kind = fields.kind;
    this.unit = fields.unit;
    this.description = fields.description;
    this.bounds = fields.bounds;
    this.slab = new Slab(emptyRow(fields.kind, fields.bounds));
  }

  /** The cell for the caller's attributes, if they came in that very order and form before: makes nothing. */
  findCell(attributes: Attributes | undefined): Cell | undefined {
    if (attributes === undefined) return this.plain;
    try {
      return this.#index.find(attributes);
    } catch {
      // The caller's object threw; cellFor will say so.
      return undefined;
    }
  }

  /** The cell for the caller's attributes in any order and form, if the series exists: makes nothing. */
  lookUpCell(attributes: Attributes | undefined): Cell | undefined {
    if (attributes === undefined) return this.plain;
    const copy = copyAttributes(attributes);
    return copy.ok ? this.#index.findPath(copy.value.normalized) : undefined;
  }

  /** The cell for the caller's attributes; makes it at first sight, or gives the overflow series past the limit. */
  cellFor(attributes: Attributes | undefined): Result<Cell, TelemetryError> {
    if (attributes === undefined) return success(this.#cellForPairs([]));
    const copy = copyAttributes(attributes);
    return copy.ok ? success(this.cellForCopy(copy.value)) : copy;
  }

  /** The same for attributes that were copied before. */
  cellForCopy({ asGiven, normalized }: CopiedAttributes): Cell {
    const cell = this.#cellForPairs(normalized);
    // What overflows is not remembered: that is the point of the limit.
    if (cell.isFor(normalized)) this.#index.addAlias(asGiven, cell);
    return cell;
  }

  #cellForPairs(pairs: Pairs): Cell {
    const known = this.#index.findPath(pairs);
    if (known !== undefined) return known;
    // The last place is the overflow series'.
    if (this.cells.length < this.state.cardinalityLimit - 1) return this.#addCell(pairs);
    return this.#index.findPath(overflowPairs) ?? this.#addCell(overflowPairs);
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
    this.#index.add(pairs, cell);
    if (pairs.length === 0) this.plain = cell;
    return cell;
  }
}

function emptyRow(kind: InstrumentKind, bounds: readonly number[]): readonly number[] {
  switch (kind) {
    case 'counter':
      return [0];
    case 'gauge':
      return emptyGaugeRow;
    case 'latency':
    case 'histogram':
      return emptyHistogramRow(bounds.length + 1);
  }
}
