/** The stable codes of {@link CollectorError}. */
export type CollectorErrorCode =
  /** An option has a value that can't be used. */
  | 'INVALID_OPTION'
  /** The address can't be listened on: the port is in use, or the host is not one of this machine's. */
  | 'ADDRESS_UNAVAILABLE'
  /** A `waitFor` whose condition did not come true in time. */
  | 'WAIT_TIMED_OUT'
  /** Steps of the script were not used, or the script's function threw. */
  | 'SCRIPT_NOT_CONSUMED'
  /** A sum is asked for as an integer but is none. */
  | 'NOT_AN_INTEGER'
  /** The metric that was asked for has points of another kind. */
  | 'WRONG_KIND';

/** CollectorError is what the collector's methods throw: match its `code`, read its message. */
export class CollectorError extends Error {
  readonly code: CollectorErrorCode;

  constructor(code: CollectorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CollectorError';
    this.code = code;
  }
}

/** messageOf is the message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** codeOf is the code of a node error; undefined when it has none. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
