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

/**
 * Makes a plain object, as a literal would. But V8 watches what literals make: one that makes enough of what lives long
 * has all that it makes put among old objects from then on. There a result keeps what it holds, such as a whole snapshot,
 * until a full garbage collection.
 */
const PlainSuccess = function <T>(this: { ok: true; value: T }, value: T): void {
  this.ok = true;
  this.value = value;
} as unknown as new <T>(value: T) => Success<T>;
PlainSuccess.prototype = Object.prototype;

/** success wraps a value. */
export function success<T>(value: T): Success<T> {
  return new PlainSuccess(value);
}

/**
 * succeeded is the one shared Success without a value: recording returns it and so allocates nothing. As it lives, V8
 * keeps the compiled code that knows what objects `success` makes.
 */
export const succeeded: Success<void> = Object.freeze(success(undefined));

/** failure wraps an error. */
export function failure<E>(error: E): Failure<E> {
  return { ok: false, error };
}
