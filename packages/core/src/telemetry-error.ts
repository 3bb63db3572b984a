/**
 * TelemetryErrorCode lists the codes of errors that core itself makes. They are stable: match on them, not on
 * messages. Exporters add codes of their own.
 *
 * - `INVALID_VALUE`: a recorded value outside the instrument's range; the state is untouched.
 * - `COUNTER_OVERFLOW`: a counter would pass 2^64 − 1; the state is untouched.
 * - `INVALID_NAME`: not an OpenTelemetry instrument name.
 * - `INVALID_ATTRIBUTE`: a key or value that OTLP can't carry; nothing was recorded.
 * - `INVALID_OPTIONS`: bounds, unit or description of an instrument that can't be used.
 * - `KIND_CONFLICT`: the name is already an instrument of another kind.
 * - `SHUT_DOWN`: the handle was shut down; nothing is recorded or sent any more.
 * - `TOO_MANY_THREADS`: a thread can't be attached, since as many are as can be.
 * - `OUT_OF_MEMORY`: there is no memory left for a new series of an attached thread.
 * - `PARTIAL_SUCCESS`: the collector took the request but rejected some of its data points.
 * - `BACKING_OFF`: no request was made, since after failures, or at the collector's wish, the next is not due yet.
 * - `WINDOW_DROPPED`: deltas could not be delivered for so long that they were given up.
 * - `UNSUPPORTED_RUNTIME`: thrown at set-up by a Node that is too old.
 * - `EXPORTER_FAILED`: an exporter threw or rejected, which its contract forbids.
 */
export type TelemetryErrorCode =
  | 'INVALID_VALUE'
  | 'COUNTER_OVERFLOW'
  | 'INVALID_NAME'
  | 'INVALID_ATTRIBUTE'
  | 'INVALID_OPTIONS'
  | 'KIND_CONFLICT'
  | 'SHUT_DOWN'
  | 'TOO_MANY_THREADS'
  | 'OUT_OF_MEMORY'
  | 'PARTIAL_SUCCESS'
  | 'BACKING_OFF'
  | 'WINDOW_DROPPED'
  | 'UNSUPPORTED_RUNTIME'
  | 'EXPORTER_FAILED';

/** TelemetryError is every error of this library: a stable `code`, a message for people, and the `cause` if any. */
export class TelemetryError extends Error {
  /** The class, for logs; match on `code` instead. */
  override readonly name: string = 'TelemetryError';
  /** One of TelemetryErrorCode, or a code that an exporter documents. */
  readonly code: TelemetryErrorCode | (string & {});

  constructor(
    code: TelemetryErrorCode | (string & {}),
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
  }
}
