import type { AttributeValue, Snapshot, Temporality } from '@pqcnet/telemetry-core';

import type { OtlpProtocol } from '../exporter-options.ts';
import { ByteWriter } from './byte-writer.ts';
import { encodeContextOf } from './encode-context.ts';
import { jsonFormat } from './json-format.ts';
import type { JsonMetrics } from './json-metric.ts';
import { eventLoopPace, type Pace } from './pace.ts';
import { protobufFormat } from './protobuf-format.ts';
import type { ProtobufMetrics } from './protobuf-metric.ts';
import { RequestEncoder, type EncodedPart } from './request-encoder.ts';
import type { LabelPlacement, RequestFormat } from './request-format.ts';
import { RequestSize } from './request-size.ts';
import { tablesOf } from './tables-of-points.ts';

/** SnapshotEncodingOptions is what stays the same from one snapshot to the next. */
export interface SnapshotEncodingOptions {
  readonly protocol: OtlpProtocol;
  readonly temporality: Temporality;
  readonly labelPlacement: LabelPlacement;
  readonly maxRequestBytes: number;
  readonly pace?: Pace;
}

const FIRST_BUFFER_BYTES = 16_384;
/** A snapshot of more points took so long that encoding it waits for the next turn of the event loop. */
const MANY_POINTS = 16_384;

/**
 * SnapshotEncoding encodes one snapshot after another, in slices that leave the event loop its turns. It keeps what it
 * can use again: the encoded identities, points of running totals (900 kB at most), and the memory of the last request
 * (`maxRequestBytes` at most, and what is beyond 16 KiB only until the next garbage collection).
 */
export class SnapshotEncoding {
  readonly #options: SnapshotEncodingOptions;
  readonly #pace: Pace;
  #jsonMetrics: JsonMetrics = new WeakMap();
  #protobufMetrics: ProtobufMetrics = new WeakMap();
  #pointLabels: ReadonlyMap<string, AttributeValue> = new Map();
  /** What writes requests for these resource and labels. */
  #format: RequestFormat | undefined;
  #resource: Snapshot['resource'] | undefined;
  #labels: Snapshot['labels'] | undefined;
  readonly #out: ByteWriter;
  readonly #requestSize: RequestSize;

  constructor(options: SnapshotEncodingOptions) {
    this.#options = options;
    this.#pace = options.pace ?? eventLoopPace;
    this.#requestSize = new RequestSize(options.maxRequestBytes);
    this.#out = new ByteWriter(FIRST_BUFFER_BYTES, options.maxRequestBytes + FIRST_BUFFER_BYTES);
  }

  /** begin starts with a snapshot. */
  begin(snapshot: Snapshot): RequestEncoder {
    const { temporality, maxRequestBytes } = this.#options;
    const format = this.#formatFor(snapshot);
    format.beginSnapshot(snapshot.timeUnixNano);
    this.#requestSize.beginExport();
    return new RequestEncoder({
      tables: tablesOf(snapshot.points),
      temporality,
      format,
      out: this.#out,
      maxRequestBytes,
    });
  }

  /** Resolves when the event loop had a turn between a large snapshot and the first slice; `undefined` after a small one. */
  waitForTurn({ points }: Snapshot): Promise<void> | undefined {
    return points.length > MANY_POINTS ? this.#pace.pause() : undefined;
  }

  /**
   * encodePart encodes the first request of a range of points. When the signal aborts it ends where it is. After more
   * than one slice the event loop has a turn here, too: sending goes into the next.
   */
  encodePart(
    encoder: RequestEncoder,
    range: { readonly from: number; readonly to: number },
    signal: AbortSignal,
  ): EncodedPart | Promise<EncodedPart> {
    encoder.begin(range.from, range.to, this.#requestSize.bytes);
    // Most are done in one slice, and need no promise.
    return encoder.step(this.#pace.start()) ? encoder.finish() : this.#encodeRest(encoder, signal);
  }

  async #encodeRest(encoder: RequestEncoder, signal: AbortSignal): Promise<EncodedPart> {
    while (!signal.aborted) {
      // A pause between slices is the purpose of this loop.
      await this.#pace.pause();
      if (encoder.step(this.#pace.start())) break;
    }
    const part = encoder.finish();
    await this.#pace.pause();
    return part;
  }

  /** dropBuffer leaves the last request's memory to whoever may still read it. */
  dropBuffer(): void {
    this.#out.renew();
  }

  /** end is the end of a snapshot: the last request's memory is kept as long as nothing else needs it. */
  end(): void {
    this.#out.rest();
  }

  /** lowerRequestSize is told that a request was too large, and says whether the next ones are smaller by themselves. */
  lowerRequestSize(tooLargeBytes: number): boolean {
    return this.#requestSize.halve(tooLargeBytes);
  }

  /** Snapshots of one handle all have the same resource and labels: what writes the last one's writes this one's. */
  #formatFor({ resource, labels }: Snapshot): RequestFormat {
    if (this.#format !== undefined && resource === this.#resource && labels === this.#labels)
      return this.#format;
    const context = encodeContextOf({ resource, labels }, this.#options);
    if (!sameLabels(context.pointLabels, this.#pointLabels)) {
      // They are part of what was encoded.
      this.#jsonMetrics = new WeakMap();
      this.#protobufMetrics = new WeakMap();
    }
    this.#pointLabels = context.pointLabels;
    // It throws when the resource can't be sent: what there was before stays right for what there was before.
    const format =
      this.#options.protocol === 'http/json'
        ? jsonFormat(context, this.#jsonMetrics)
        : protobufFormat(context, this.#protobufMetrics);
    this.#format = format;
    this.#resource = resource;
    this.#labels = labels;
    return format;
  }
}

function sameLabels(
  one: ReadonlyMap<string, AttributeValue>,
  other: ReadonlyMap<string, AttributeValue>,
): boolean {
  if (one === other) return true;
  if (one.size !== other.size) return false;
  // The order counts as well: it is the order of the bytes.
  const others = [...other];
  return [...one].every(([key, value], index) => {
    const [otherKey, otherValue] = others[index] ?? [];
    return key === otherKey && Object.is(value, otherValue);
  });
}
