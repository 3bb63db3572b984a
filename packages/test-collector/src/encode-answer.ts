import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Encoding, Signal } from './received-request.ts';

/** The body of an answer and its content type. */
export interface AnswerBody {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

const contentTypes = { json: 'application/json', protobuf: 'application/x-protobuf' } as const;

const rejectedFields = {
  metrics: 'rejectedDataPoints',
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
} as const;

/** encodeSuccess is the Export*ServiceResponse in the request's encoding, with a partial success when given. */
export function encodeSuccess({
  encoding = 'json',
  signal = 'metrics',
  partial,
}: {
  encoding: Encoding | undefined;
  signal: Signal | undefined;
  partial?: { readonly rejected: bigint; readonly message: string };
}): AnswerBody {
  const contentType = contentTypes[encoding];
  if (encoding === 'json') {
    const partialSuccess = partial && {
      [rejectedFields[signal]]: String(partial.rejected),
      errorMessage: partial.message,
    };
    return { contentType, bytes: Buffer.from(JSON.stringify({ partialSuccess })) };
  }
  const writer = new BinaryWriter();
  if (partial !== undefined) {
    writer.tag(1, WireType.LengthDelimited).fork();
    if (partial.rejected !== 0n) writer.tag(1, WireType.Varint).int64(partial.rejected);
    if (partial.message !== '') writer.tag(2, WireType.LengthDelimited).string(partial.message);
    writer.join();
  }
  return { contentType, bytes: writer.finish() };
}

/** encodeStatus is a google.rpc.Status in the request's encoding, with the code that stands for the HTTP status. */
export function encodeStatus({
  encoding = 'json',
  status,
  message,
}: {
  encoding: Encoding | undefined;
  status: number;
  message: string;
}): AnswerBody {
  const contentType = contentTypes[encoding];
  const code = statusCode(status);
  if (encoding === 'json') return { contentType, bytes: Buffer.from(JSON.stringify({ code, message })) };
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int32(code);
  writer.tag(2, WireType.LengthDelimited).string(message);
  return { contentType, bytes: writer.finish() };
}

const rpcCodes: Readonly<Record<number, number>> = {
  400: 3, // INVALID_ARGUMENT
  401: 16, // UNAUTHENTICATED
  403: 7, // PERMISSION_DENIED
  404: 5, // NOT_FOUND
  405: 12, // UNIMPLEMENTED
  408: 4, // DEADLINE_EXCEEDED
  413: 8, // RESOURCE_EXHAUSTED
  415: 3,
  429: 8,
  500: 13, // INTERNAL
  501: 12,
  502: 14, // UNAVAILABLE
  503: 14,
  504: 4,
};

function statusCode(status: number): number {
  return rpcCodes[status] ?? (status < 500 ? 9 : 2); // FAILED_PRECONDITION, UNKNOWN
}
