import { TelemetryError } from '@pqcnet/telemetry-core';

/**
 * OtlpHttpErrorCode lists the codes of the errors that this package makes. They are stable.
 *
 * - `CONNECTION_FAILED`: no connection came about (DNS, connect, TLS); no byte of the body left.
 * - `CONNECTION_LOST`: the connection broke after the request had begun to leave.
 * - `DEADLINE_EXCEEDED`: the time for the export was over before an answer had come.
 * - `HTTP_STATUS`: the answer's status is not a success; `status` holds it.
 * - `RESPONSE_NOT_OTLP`: a 2xx answer that is no OTLP answer, such as a web page.
 * - `RESPONSE_TOO_LARGE`: an answer of more than 4 MiB.
 * - `POINT_TOO_LARGE`: one data point alone is larger than `maxRequestBytes`; it was not sent.
 * - `VALUE_OUT_OF_RANGE`: a whole number beyond OTLP's signed 64-bit integers; it was not sent.
 * - `TRANSPORT_FAILED`: a transport rejected with something else than a TransportError.
 * - `INVALID_EXPORTER_OPTIONS`: thrown at set-up, by constructors only.
 */
export type OtlpHttpErrorCode =
  | 'CONNECTION_FAILED'
  | 'CONNECTION_LOST'
  | 'DEADLINE_EXCEEDED'
  | 'HTTP_STATUS'
  | 'RESPONSE_NOT_OTLP'
  | 'RESPONSE_TOO_LARGE'
  | 'POINT_TOO_LARGE'
  | 'VALUE_OUT_OF_RANGE'
  | 'TRANSPORT_FAILED'
  | 'INVALID_EXPORTER_OPTIONS';

/** OtlpHttpError is every error of this package; no message holds a header's value or a URL's credentials or query. */
export class OtlpHttpError extends TelemetryError {
  /** The class, for logs; match on `code` instead. */
  override readonly name: string = 'OtlpHttpError';
  declare readonly code: OtlpHttpErrorCode;
  /** The HTTP status of the answer, if there was one. */
  readonly status: number | undefined;

  constructor(
    code: OtlpHttpErrorCode,
    message: string,
    options?: { readonly cause?: unknown; readonly status?: number },
  ) {
    super(code, message, options);
    this.status = options?.status;
  }
}
