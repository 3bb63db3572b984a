import type { Metric, Point, Points, Temporality } from '@pqcnet/telemetry-core';

import { OtlpHttpError } from '../otlp-http-error.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { IdentityCache } from './identity-cache.ts';
import { isSent } from './point-values.ts';
import type { RequestFormat } from './request-format.ts';

/** EncodedPart is one request for the points `from` (inclusive) to `to` (exclusive), or why there is none. */
export type EncodedPart = EncodedRequest | UnsendablePart;

/** EncodedRequest is a complete request body. */
export interface EncodedRequest {
  readonly from: number;
  readonly to: number;
  /** How many of the points are in it: 0 when none of them changed, and then there is nothing to send. */
  readonly dataPoints: number;
  /** In the encoder's memory: valid until the next part is begun. */
  readonly body: Uint8Array;
  readonly error?: undefined;
}

/** UnsendablePart is a point that can't be put into any request. */
interface UnsendablePart {
  readonly from: number;
  readonly to: number;
  readonly error: OtlpHttpError;
}

/** RequestEncoderOptions is what an encoder works on. */
export interface RequestEncoderOptions {
  readonly points: Points;
  readonly temporality: Temporality;
  readonly format: RequestFormat;
  readonly cache: IdentityCache;
  readonly out: ByteWriter;
  /** The largest body that a part may have, in bytes. */
  readonly maxRequestBytes: number;
}

/** How many points or bytes are written between two looks at the clock. */
const POINTS_PER_LOOK = 32;
const BYTES_PER_LOOK = 16_384;

/**
 * RequestEncoder turns ranges of a snapshot's points into requests, in steps that end when they are told to. The same
 * range always gives the same bytes.
 */
export class RequestEncoder {
  readonly #options: RequestEncoderOptions;
  #from = 0;
  #limit = 0;
  /** How large the part may become when it has more than one point. */
  #partBytes = 0;
  /** The first point that no part was begun at or went over yet. */
  #unmet = 0;
  #index = 0;
  #dataPoints = 0;
  #metric: Metric | undefined;
  #error: OtlpHttpError | undefined;

  constructor(options: RequestEncoderOptions) {
    this.#options = options;
  }

  /**
   * begin starts a part at the point `from`. It ends before the point `limit`, or sooner when it is full: when a further
   * point would bring it beyond `partBytes`.
   */
  begin(from: number, limit: number, partBytes: number = this.#options.maxRequestBytes): void {
    this.#partBytes = partBytes;
    this.#from = from;
    this.#limit = limit;
    this.#index = from;
    this.#dataPoints = 0;
    this.#metric = undefined;
    this.#error = undefined;
    this.#options.format.begin(this.#options.out);
  }

  /** step encodes until the part is complete (then it returns true) or `isOver` says that it is time to pause. */
  step(isOver: () => boolean): boolean {
    const { out } = this.#options;
    while (this.#unmet < this.#from) {
      this.#passOver(Math.min(this.#from, this.#unmet + POINTS_PER_LOOK));
      if (isOver()) return false;
    }
    while (this.#index < this.#limit) {
      const lookAt = Math.min(this.#limit, this.#index + POINTS_PER_LOOK);
      const lookAtByte = out.position + BYTES_PER_LOOK;
      while (this.#index < lookAt && out.position < lookAtByte) {
        if (!this.#take()) return true;
      }
      if (isOver()) return this.#index === this.#limit;
    }
    return true;
  }

  /** finish gives the part that the steps made. */
  finish(): EncodedPart {
    const { format, out } = this.#options;
    if (this.#error !== undefined) return { from: this.#from, to: this.#index, error: this.#error };
    if (this.#metric !== undefined) format.closeMetric(out);
    const body = format.end(out);
    return { from: this.#from, to: this.#index, dataPoints: this.#dataPoints, body };
  }

  /** passOver meets the points before those that are to be sent: the cache has to know them all, in order. */
  #passOver(end: number): void {
    const { points, cache } = this.#options;
    for (; this.#unmet < end; this.#unmet += 1) cache.skip(this.#unmet, pointAt(points, this.#unmet).series);
  }

  /** take encodes one point; false when it is not in this part any more, or is a part of its own that can't be sent. */
  #take(): boolean {
    const { points, format, cache, out, temporality, maxRequestBytes } = this.#options;
    const index = this.#index;
    const point = pointAt(points, index);
    const { series } = point;
    if (index === this.#unmet) this.#unmet += 1;
    if (!isSent(point, temporality)) {
      cache.skip(index, series);
      this.#index += 1;
      return true;
    }
    if (this.#metric !== undefined && this.#metric !== series.metric) {
      format.closeMetric(out);
      this.#metric = undefined;
    }
    const before = out.position;
    const metricBefore = this.#metric;
    try {
      cache.locate(index, point, format.encodeIdentity);
      if (metricBefore === undefined) {
        format.openMetric(out, point);
        this.#metric = series.metric;
      }
      format.writePoint(out, point, cache);
      if (format.sizeIfEnded(out) <= (this.#dataPoints === 0 ? maxRequestBytes : this.#partBytes)) {
        this.#dataPoints += 1;
        this.#index += 1;
        return true;
      }
      if (this.#dataPoints === 0) this.#error = pointTooLarge(format.sizeIfEnded(out), maxRequestBytes);
    } catch (error) {
      if (!(error instanceof OtlpHttpError)) throw error;
      if (this.#dataPoints === 0) this.#error = error;
    }
    // The point is the next part's.
    out.position = before;
    this.#metric = metricBefore;
    // Points that were passed over in a delta stream may stand before the one that can't be sent: it takes them along.
    if (this.#error !== undefined) this.#index += 1;
    return false;
  }
}

function pointAt(points: Points, index: number): Point {
  const point = points.at(index);
  if (point !== undefined) return point;
  throw new RangeError(`the snapshot has no point ${index}, which its length promises`);
}

function pointTooLarge(bytes: number, maxRequestBytes: number): OtlpHttpError {
  const message = `one data point takes a request of ${bytes} bytes, more than the ${maxRequestBytes} that are allowed`;
  return new OtlpHttpError('POINT_TOO_LARGE', message);
}
