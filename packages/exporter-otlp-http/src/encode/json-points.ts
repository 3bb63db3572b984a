import type {
  Distribution,
  ExponentialDistribution,
  ExponentialHistogramTable,
  ExponentialRange,
  GaugeTable,
  HistogramTable,
  SumTable,
} from '@pqcnet/telemetry-core';

import { type ByteWriter, type Fragment, fragmentOf } from './byte-writer.ts';
import { requireInt64 } from './int-value.ts';
import type { JsonMetric } from './json-metric.ts';
import { JsonTimes } from './json-times.ts';
import type { RowRun } from './request-format.ts';
import { TableWriter } from './table-writer.ts';
import { MAX_DECIMAL_BYTES, writeInteger, writeJsonDouble, writeQuotedIntegers } from './write-decimal.ts';

/** Each point has a comma behind it, which the end of the metric takes the place of in the end. */
const END_POINT: Fragment = fragmentOf('},');
const END_INT: Fragment = fragmentOf('"},');
const DOUBLE_KEYS: readonly Fragment[] = ['","sum":', ',"min":', ',"max":'].map(fragmentOf);
/** The sum, min and max of a point: V8 makes no objects of numbers that go through memory. */
const DOUBLES = new Float64Array(3);
const BUCKET_COUNTS: Fragment = fragmentOf(',"bucketCounts":[');
const SCALE: Fragment = fragmentOf(',"scale":');
const ZERO_COUNT: Fragment = fragmentOf(',"zeroCount":"');
const POSITIVE: Fragment = fragmentOf('"positive":{"offset":');
const NEGATIVE: Fragment = fragmentOf('"negative":{"offset":');
const END_COUNT: Fragment = fragmentOf('",');
const END_RANGE: Fragment = fragmentOf(']},');
/** Room for any point, save its identity and its buckets: ten numbers and the keys between them. */
const POINT_ROOM: number = 10 * MAX_DECIMAL_BYTES + 256;

/** JsonSums writes the points of sums. */
export class JsonSums extends TableWriter<SumTable, JsonMetric> {
  readonly #times = new JsonTimes('","asInt":"');

  beginSnapshot(timeUnixNano: bigint): void {
    this.#times.beginSnapshot(timeUnixNano);
  }

  write(out: ByteWriter, { from, to, until }: RowRun): number {
    const { table, metric, deltas } = this.opened;
    let row = from;
    do {
      const value = requireInt64(deltas ? table.delta(row) : table.total(row));
      const start = deltas ? table.windowStartTimeUnixNano(row) : table.startTimeUnixNano(row);
      metric.identities.write(out, row, this.#times.from(start), POINT_ROOM);
      writeInteger(out, value);
      out.fragment(END_INT);
      row += 1;
    } while (row < to && out.position < until);
    return row;
  }
}

/** JsonGauges writes the points of gauges. */
export class JsonGauges extends TableWriter<GaugeTable, JsonMetric> {
  readonly #times = new JsonTimes('","asDouble":');

  beginSnapshot(timeUnixNano: bigint): void {
    // When a gauge was set is not said: Prometheus refuses a request with anything older than the one before it.
    this.#times.beginSnapshot(timeUnixNano);
  }

  write(out: ByteWriter, { from, to, until }: RowRun): number {
    const { table, metric } = this.opened;
    const time = this.#times.withoutStart();
    let row = from;
    do {
      metric.identities.write(out, row, time, POINT_ROOM);
      writeJsonDouble(out, table.value(row));
      out.fragment(END_POINT);
      row += 1;
    } while (row < to && out.position < until);
    return row;
  }
}

/** JsonHistograms writes the points of histograms with explicit bounds. */
export class JsonHistograms extends TableWriter<HistogramTable, JsonMetric> {
  readonly #times = new JsonTimes('","count":"');

  beginSnapshot(timeUnixNano: bigint): void {
    this.#times.beginSnapshot(timeUnixNano);
  }

  write(out: ByteWriter, { from, to, until }: RowRun): number {
    const { table, metric, deltas } = this.opened;
    const { boundsTail } = metric;
    let row = from;
    do {
      const start = deltas ? table.windowStartTimeUnixNano(row) : table.startTimeUnixNano(row);
      metric.identities.write(out, row, this.#times.from(start), POINT_ROOM);
      const distribution = deltas ? table.delta(row) : table.total(row);
      writeMoments(out, distribution);
      out.fragment(BUCKET_COUNTS);
      const { bucketCounts } = distribution;
      out.reserve(bucketCounts.length * MAX_DECIMAL_BYTES + boundsTail.length);
      writeQuotedIntegers(out, bucketCounts);
      out.fragment(boundsTail);
      row += 1;
    } while (row < to && out.position < until);
    return row;
  }
}

/** JsonExponentialHistograms writes the points of exponential histograms. */
export class JsonExponentialHistograms extends TableWriter<ExponentialHistogramTable, JsonMetric> {
  readonly #times = new JsonTimes('","count":"');

  beginSnapshot(timeUnixNano: bigint): void {
    this.#times.beginSnapshot(timeUnixNano);
  }

  write(out: ByteWriter, { from, to, until }: RowRun): number {
    const { table, metric, deltas } = this.opened;
    let row = from;
    do {
      const start = deltas ? table.windowStartTimeUnixNano(row) : table.startTimeUnixNano(row);
      metric.identities.write(out, row, this.#times.from(start), POINT_ROOM);
      const distribution = deltas ? table.delta(row) : table.total(row);
      writeMoments(out, distribution);
      out.fragment(SCALE);
      writeInteger(out, distribution.scale);
      out.fragment(ZERO_COUNT);
      writeInteger(out, distribution.zeroCount);
      out.fragment(END_COUNT);
      writeRange(out, POSITIVE, distribution.positive);
      writeRange(out, NEGATIVE, distribution.negative);
      // In place of the last comma.
      out.position -= 1;
      out.fragment(END_POINT);
      row += 1;
    } while (row < to && out.position < until);
    return row;
  }
}

function writeMoments(out: ByteWriter, moments: Distribution | ExponentialDistribution): void {
  writeInteger(out, moments.count);
  DOUBLES[0] = moments.sum;
  // NaN for what is undefined.
  DOUBLES[1] = moments.min as number;
  DOUBLES[2] = moments.max as number;
  for (let index = 0; index < DOUBLES.length; index += 1) {
    const value = DOUBLES[index] as number;
    if (Number.isNaN(value) && index > 0 && !hasRange(moments)) return;
    out.fragment(DOUBLE_KEYS[index] as Fragment);
    writeJsonDouble(out, value);
  }
}

function hasRange({ min, max }: Distribution | ExponentialDistribution): boolean {
  return min !== undefined && max !== undefined;
}

function writeRange(out: ByteWriter, key: Fragment, { offset, bucketCounts }: ExponentialRange): void {
  if (bucketCounts.length === 0) return;
  out.reserve(bucketCounts.length * MAX_DECIMAL_BYTES + POINT_ROOM);
  out.fragment(key);
  writeInteger(out, offset);
  out.fragment(BUCKET_COUNTS);
  writeQuotedIntegers(out, bucketCounts);
  out.fragment(END_RANGE);
}
