/** MAX_RESPONSE_BYTES caps an answer's body, counted after decompression (OTLP specification, "OTLP/HTTP Response"). */
export const MAX_RESPONSE_BYTES: number = 4 * 1024 * 1024;

/** CollectedBody is an answer's body as it should be read: decompressed, or known to be too large. */
export interface CollectedBody {
  readonly body: Uint8Array;
  readonly bodyTooLarge: boolean;
}

/** TOO_LARGE stands for a body of more than MAX_RESPONSE_BYTES. */
export const TOO_LARGE: CollectedBody = { body: new Uint8Array(0), bodyTooLarge: true };
