import type {
  ExponentialHistogramPoint,
  ExponentialRange,
  GaugePoint,
  HistogramPoint,
  Point,
  SumPoint,
} from '@pqcnet/telemetry-core';

import { ByteWriter, type Fragment, fragmentOf } from './byte-writer.ts';
import { type IdentityCache, LABELS_ALONE, LABELS_FOLLOW, LABELS_INSIDE } from './identity-cache.ts';
import { requireInt64 } from './int-value.ts';
import { jsonAttributes } from './json-attributes.ts';
import { boundsTailOf, type JsonMetricHead } from './json-metric-head.ts';
import type { EncodeContext, PointStarts } from './request-format.ts';
import {
  MAX_DECIMAL_BYTES,
  writeInteger,
  writeJsonDouble,
  writeQuotedIntegers,
  writeUnsigned64,
} from './write-decimal.ts';

const COMMA = 0x2c;
const CLOSE_BRACE = 0x7d;
const NOTHING: Fragment = fragmentOf('');
const END_INT: Fragment = fragmentOf('"}');
const SUM: Fragment = fragmentOf('","sum":');
const MIN: Fragment = fragmentOf(',"min":');
const MAX: Fragment = fragmentOf(',"max":');
const BUCKET_COUNTS: Fragment = fragmentOf(',"bucketCounts":[');
const SCALE: Fragment = fragmentOf(',"scale":');
const ZERO_COUNT: Fragment = fragmentOf(',"zeroCount":"');
const POSITIVE: Fragment = fragmentOf('"positive":{"offset":');
const NEGATIVE: Fragment = fragmentOf('"negative":{"offset":');
const END_COUNT: Fragment = fragmentOf('",');
const END_RANGE: Fragment = fragmentOf(']},');
/** Room for any point, save its identity, its labels and its buckets: ten numbers and the keys between them. */
const POINT_ROOM: number = 10 * MAX_DECIMAL_BYTES + 256;

/** JsonPoints writes the data points of one snapshot: identity bytes as they are, and digits in between. */
export class JsonPoints {
  /** What follows a point's own attributes, by label use: the labels, and the key of the time that comes next. */
  readonly #startTails: readonly Fragment[];
  readonly #gaugeTails: readonly Fragment[];
  readonly #sumMiddle: Fragment;
  readonly #histogramMiddle: Fragment;
  /** The start that was written last, and its digits: most series began in the same moment as the one before. */
  #start = -1n;
  readonly #startDigits = new ByteWriter(MAX_DECIMAL_BYTES);
  #metric: JsonMetricHead | undefined;
  /** Whether the metric's deltas go out. */
  #deltas = false;
  #points = 0;

  constructor(context: EncodeContext) {
    const labels = jsonAttributes(context.pointLabels);
    this.#startTails = tails(labels, '],"startTimeUnixNano":"');
    // When a gauge was set is not said: Prometheus refuses a request with anything older than the one before it.
    this.#gaugeTails = tails(labels, `],"timeUnixNano":"${context.timeUnixNano}","asDouble":`);
    this.#sumMiddle = fragmentOf(`","timeUnixNano":"${context.timeUnixNano}","asInt":"`);
    this.#histogramMiddle = fragmentOf(`","timeUnixNano":"${context.timeUnixNano}","count":"`);
  }

  /** open starts the points of a metric. */
  open(metric: JsonMetricHead, deltas: boolean): void {
    this.#metric = metric;
    this.#deltas = deltas;
    this.#points = 0;
  }

  /** write writes a point with the identity that was located last. @throws OtlpHttpError VALUE_OUT_OF_RANGE */
  write(out: ByteWriter, point: Point, identity: IdentityCache): void {
    switch (point.type) {
      case 'sum':
        this.#writeSum(out, point, identity);
        return;
      case 'histogram':
        this.#writeHistogram(out, point, identity);
        return;
      case 'exponential-histogram':
        this.#writeExponentialHistogram(out, point, identity);
        return;
      case 'gauge':
        this.#writeGauge(out, point, identity);
    }
  }

  #writeSum(out: ByteWriter, point: SumPoint, identity: IdentityCache): void {
    const value = requireInt64(this.#deltas ? point.delta : point.total);
    this.#startPoint(out, identity, this.#startTails);
    this.#writeStart(out, point);
    out.fragment(this.#sumMiddle);
    writeInteger(out, value);
    out.fragment(END_INT);
  }

  #writeGauge(out: ByteWriter, point: GaugePoint, identity: IdentityCache): void {
    this.#startPoint(out, identity, this.#gaugeTails);
    writeJsonDouble(out, point.value);
    out.byte(CLOSE_BRACE);
  }

  #writeHistogram(out: ByteWriter, point: HistogramPoint, identity: IdentityCache): void {
    const distribution = this.#deltas ? point.delta : point.total;
    this.#startPoint(out, identity, this.#startTails);
    this.#writeStart(out, point);
    this.#writeMoments(out, distribution);
    out.fragment(BUCKET_COUNTS);
    const { bucketCounts } = distribution;
    const tail = this.#metric === undefined ? NOTHING : boundsTailOf(this.#metric, point.bounds);
    out.reserve(bucketCounts.length * MAX_DECIMAL_BYTES + tail.length);
    writeQuotedIntegers(out, bucketCounts);
    out.fragment(tail);
  }

  #writeExponentialHistogram(
    out: ByteWriter,
    point: ExponentialHistogramPoint,
    identity: IdentityCache,
  ): void {
    const distribution = this.#deltas ? point.delta : point.total;
    this.#startPoint(out, identity, this.#startTails);
    this.#writeStart(out, point);
    this.#writeMoments(out, distribution);
    out.fragment(SCALE);
    writeInteger(out, distribution.scale);
    out.fragment(ZERO_COUNT);
    writeInteger(out, distribution.zeroCount);
    out.fragment(END_COUNT);
    writeRange(out, POSITIVE, distribution.positive);
    writeRange(out, NEGATIVE, distribution.negative);
    // In place of the last comma.
    out.position -= 1;
    out.byte(CLOSE_BRACE);
  }

  #startPoint(out: ByteWriter, identity: IdentityCache, tailsByUse: readonly Fragment[]): void {
    const tail = tailsByUse[identity.labelUse] ?? NOTHING;
    out.reserve(identity.length + tail.length + POINT_ROOM);
    if (this.#points > 0) out.byte(COMMA);
    this.#points += 1;
    out.copy(identity.view, identity.offset, identity.length);
    out.fragment(tail);
  }

  #writeStart(out: ByteWriter, point: PointStarts): void {
    const start = this.#deltas ? point.windowStartTimeUnixNano : point.startTimeUnixNano;
    const digits = this.#startDigits;
    if (start !== this.#start) {
      digits.position = 0;
      writeUnsigned64(digits, start);
      this.#start = start;
    }
    out.copy(digits.view, 0, digits.position);
  }

  #writeMoments(out: ByteWriter, moments: Moments): void {
    const { count, sum, min, max } = moments;
    out.fragment(this.#histogramMiddle);
    writeInteger(out, count);
    out.fragment(SUM);
    writeJsonDouble(out, sum);
    if (min === undefined || max === undefined) return;
    out.fragment(MIN);
    writeJsonDouble(out, min);
    out.fragment(MAX);
    writeJsonDouble(out, max);
  }
}

interface Moments {
  readonly count: number;
  readonly sum: number;
  readonly min: number | undefined;
  readonly max: number | undefined;
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

function tails(labels: string, end: string): Fragment[] {
  const byUse: Fragment[] = [];
  byUse[LABELS_FOLLOW] = fragmentOf(labels === '' ? end : `,${labels}${end}`);
  byUse[LABELS_ALONE] = fragmentOf(`${labels}${end}`);
  byUse[LABELS_INSIDE] = fragmentOf(end);
  return byUse;
}
