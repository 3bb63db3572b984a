import { messageOf } from './collector-error.ts';
import { decodeJson } from './decode-json.ts';
import { decodeProtobuf } from './decode-protobuf.ts';
import type { DecodedBody, Encoding, Rejection, Signal } from './received-request.ts';

const requestTypes = {
  metrics: 'ExportMetricsServiceRequest',
  traces: 'ExportTraceServiceRequest',
  logs: 'ExportLogsServiceRequest',
} as const;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** decodeBody decodes an inflated body; a malformed one is a {@link Rejection} that says where and why. */
export async function decodeBody(
  body: Uint8Array,
  { encoding, signal }: { encoding: Encoding; signal: Signal },
): Promise<{ readonly decoded: DecodedBody } | { readonly rejection: Rejection }> {
  try {
    const type = requestTypes[signal];
    const message =
      encoding === 'json' ? decodeJson(type, utf8.decode(body)) : await decodeProtobuf(type, body);
    // The schema has the shape of the types: the tests hold them together.
    return { decoded: { signal, message } as DecodedBody };
  } catch (error) {
    return { rejection: { status: 400, reason: `malformed ${encoding} body: ${messageOf(error)}` } };
  }
}
