import { decodeUtf8, readProtobufFields } from './read-protobuf-fields.ts';

/** ExportResponse is what a receiver says about a request that it took (ExportMetricsServiceResponse). */
export interface ExportResponse {
  readonly rejectedDataPoints: bigint;
  readonly errorMessage: string;
}

/**
 * readJsonExportResponse reads the JSON form; unknown keys are ignored.
 *
 * @throws SyntaxError or TypeError when the body is no such answer.
 */
export function readJsonExportResponse(body: Uint8Array): ExportResponse {
  const { partialSuccess } = requireObject(JSON.parse(decodeUtf8(body)));
  if (partialSuccess === undefined || partialSuccess === null)
    return { rejectedDataPoints: 0n, errorMessage: '' };
  const { rejectedDataPoints, errorMessage } = requireObject(partialSuccess);
  return {
    rejectedDataPoints: toInteger(rejectedDataPoints),
    errorMessage: typeof errorMessage === 'string' ? errorMessage : '',
  };
}

/**
 * readProtobufExportResponse reads the protobuf form; unknown fields are ignored.
 *
 * @throws RangeError or TypeError when the body is no such answer.
 */
export function readProtobufExportResponse(body: Uint8Array): ExportResponse {
  let rejectedDataPoints = 0n;
  let errorMessage = '';
  for (const outer of readProtobufFields(body)) {
    if (outer.number !== 1) continue;
    if (typeof outer.value === 'bigint') throw new TypeError('partial_success is no message');
    for (const { number, value } of readProtobufFields(outer.value)) {
      if (number === 1 && typeof value === 'bigint') rejectedDataPoints = BigInt.asIntN(64, value);
      if (number === 2 && typeof value !== 'bigint') errorMessage = decodeUtf8(value);
    }
  }
  return { rejectedDataPoints, errorMessage };
}

function requireObject(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new TypeError('expected a JSON object');
}

function toInteger(value: unknown): bigint {
  if (value === undefined || value === null || value === '') return 0n;
  if (typeof value === 'string' || typeof value === 'number') return BigInt(value);
  throw new TypeError('rejectedDataPoints is no integer');
}
