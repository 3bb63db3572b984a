/**
 * Result is what every call that can fail returns once set-up is over: either a value or an error, never a throw.
 *
 * @example
 * const result = await telemetry.flush();
 * if (!result.ok) log.warn(result.error.code, result.error.message);
 */
export type Result<T, E> = Success<T> | Failure<E>;

/** Success holds the value of a call that did what it was asked. */
export interface Success<T> {
  /** What tells a Success from a Failure. */
  readonly ok: true;
  /** What the call gives. */
  readonly value: T;
}

/** Failure holds the error of a call that did not; nothing was changed unless the error says so. */
export interface Failure<E> {
  /** What tells a Failure from a Success. */
  readonly ok: false;
  /** Why the call failed. */
  readonly error: E;
}

/** succeeded is the one shared Success without a value: recording returns it and so allocates nothing. */
export const succeeded: Success<void> = Object.freeze({ ok: true, value: undefined });

/** success wraps a value. */
export function success<T>(value: T): Success<T> {
  return { ok: true, value };
}

/** failure wraps an error. */
export function failure<E>(error: E): Failure<E> {
  return { ok: false, error };
}
