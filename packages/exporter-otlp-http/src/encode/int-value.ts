import { OtlpHttpError } from '../otlp-http-error.ts';

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** isIntValue says what goes out as an integer: bigints, and numbers that lose neither exactness nor −0's sign. */
export function isIntValue(value: number | bigint): boolean {
  return typeof value === 'bigint' || (Number.isSafeInteger(value) && !Object.is(value, -0));
}

/**
 * requireInt64 passes on what OTLP's signed 64-bit integers can carry.
 *
 * @throws OtlpHttpError VALUE_OUT_OF_RANGE for anything else: it would be another number at the receiver.
 */
export function requireInt64<T extends number | bigint>(value: T): T {
  if (typeof value === 'number' || (value >= MIN_INT64 && value <= MAX_INT64)) return value;
  throw new OtlpHttpError('VALUE_OUT_OF_RANGE', `${value} is beyond OTLP's signed 64-bit integers`);
}
