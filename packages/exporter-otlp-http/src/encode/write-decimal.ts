import type { BucketCounts } from '@pqcnet/telemetry-core';

import type { ByteWriter } from './byte-writer.ts';

/** MAX_DECIMAL_BYTES is room enough for any number that these functions write. */
export const MAX_DECIMAL_BYTES = 32;

const BILLION = 1_000_000_000;
const MILLION = 1_000_000;

/** PAIRS holds the digits of 00 to 99 one after another. */
const PAIRS: Uint8Array = Uint8Array.from(
  Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0')).join(''),
  (digit) => digit.charCodeAt(0),
);

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const QUOTE = 0x22;
const COMMA = 0x2c;
/** The characters of `"0",` in little-endian order. */
const QUOTED_DIGIT: number = QUOTE | (ZERO << 8) | (QUOTE << 16) | (COMMA << 24);

const scratch = new DataView(new ArrayBuffer(8));

/**
 * writeInteger writes a whole number in decimal: a safe integer, a count that is none but below 2^64, or a bigint from
 * −2^63 to 2^64 − 1.
 */
export function writeInteger(out: ByteWriter, value: number | bigint): void {
  if (typeof value === 'bigint') writeBigInteger(out, value);
  else if (value < 0) {
    out.byte(MINUS);
    writePositive(out, -value);
  } else writePositive(out, value);
}

function writePositive(out: ByteWriter, value: number): void {
  if (value < BILLION) {
    writeSmall(out, value);
    return;
  }
  if (value > Number.MAX_SAFE_INTEGER) {
    writeUnsigned64(out, BigInt(value));
    return;
  }
  const high = Math.floor(value / BILLION);
  writeSmall(out, high);
  writeNineDigits(out, value - high * BILLION);
}

function writeBigInteger(out: ByteWriter, value: bigint): void {
  if (value < 0n) {
    out.byte(MINUS);
    writeUnsigned64(out, -value);
  } else writeUnsigned64(out, value);
}

/** writeUnsigned64 writes a bigint from 0 to 2^64 − 1 without bigint arithmetic, which allocates. */
export function writeUnsigned64(out: ByteWriter, value: bigint): void {
  scratch.setBigUint64(0, value);
  const high = scratch.getUint32(0);
  const low = scratch.getUint32(4);
  // Long division of high · 2^32 + low by 10^9, sixteen bits at a time: every step is exact in a double.
  const first = Math.floor(high / BILLION);
  let rest = (high - first * BILLION) * 65_536 + (low >>> 16);
  const second = Math.floor(rest / BILLION);
  rest = (rest - second * BILLION) * 65_536 + (low & 0xff_ff);
  const third = Math.floor(rest / BILLION);
  rest -= third * BILLION;
  // Up to 2^64 / 10^9 < 2^35, so exact as well.
  const billions = first * 4_294_967_296 + second * 65_536 + third;
  if (billions === 0) {
    writeSmall(out, rest);
    return;
  }
  writePositive(out, billions);
  writeNineDigits(out, rest);
}

/** writeSmall writes an integer from 0 to 10^9 − 1 without leading zeros. */
function writeSmall(out: ByteWriter, value: number): void {
  if (value < 10) {
    out.byte(ZERO + value);
    return;
  }
  const length = digitsIn(value);
  const { bytes } = out;
  let at = out.position + length;
  out.position = at;
  let rest = value | 0;
  while (rest >= 100) {
    const quotient = (rest / 100) | 0;
    const pair = (rest - quotient * 100) * 2;
    rest = quotient;
    at -= 2;
    bytes[at] = PAIRS[pair] ?? 0;
    bytes[at + 1] = PAIRS[pair + 1] ?? 0;
  }
  if (rest >= 10) {
    bytes[at - 2] = PAIRS[rest * 2] ?? 0;
    bytes[at - 1] = PAIRS[rest * 2 + 1] ?? 0;
  } else bytes[at - 1] = ZERO + rest;
}

function digitsIn(value: number): number {
  if (value < 100_000) {
    if (value < 100) return 2;
    if (value < 1000) return 3;
    return value < 10_000 ? 4 : 5;
  }
  if (value < 1_000_000) return 6;
  if (value < 10_000_000) return 7;
  return value < 100_000_000 ? 8 : 9;
}

/** writeNineDigits writes an integer from 0 to 10^9 − 1 with its leading zeros. */
function writeNineDigits(out: ByteWriter, value: number): void {
  const { bytes, position } = out;
  let rest = value | 0;
  for (let at = position + 7; at > position; at -= 2) {
    const quotient = (rest / 100) | 0;
    const pair = (rest - quotient * 100) * 2;
    rest = quotient;
    bytes[at] = PAIRS[pair] ?? 0;
    bytes[at + 1] = PAIRS[pair + 1] ?? 0;
  }
  bytes[position] = ZERO + rest;
  out.position = position + 9;
}

/**
 * writeShortDecimal writes a number that has at most six decimals, as measured times often have, and says whether it
 * did. It has at most fifteen digits then, and no two decimals of fifteen digits are the same double: no shorter one
 * reads back as this value.
 */
function writeShortDecimal(out: ByteWriter, value: number): boolean {
  const millionths = Math.round(value * MILLION);
  if (millionths / MILLION !== value) return false;
  const whole = Math.floor(value);
  // In 32-bit arithmetic, which is several times as fast as a double's remainder.
  let fraction = (millionths - whole * MILLION) | 0;
  let places = 6;
  const thousandth = (fraction / 1000) | 0;
  if (thousandth * 1000 === fraction) {
    fraction = thousandth;
    places = 3;
  }
  for (let tenth = (fraction / 10) | 0; tenth * 10 === fraction; tenth = (fraction / 10) | 0) {
    fraction = tenth;
    places -= 1;
  }
  writeSmall(out, whole);
  const { bytes, position } = out;
  bytes[position] = POINT;
  let rest = fraction;
  for (let at = position + places; at > position; at -= 1) {
    const quotient = (rest / 10) | 0;
    bytes[at] = ZERO + (rest - quotient * 10);
    rest = quotient;
  }
  out.position = position + places + 1;
  return true;
}

/** writeQuotedIntegers writes counts as decimal strings, separated by commas, into room that is reserved. */
export function writeQuotedIntegers(out: ByteWriter, values: BucketCounts): void {
  const { bytes, view } = out;
  const { length } = values;
  let { position } = out;
  for (let index = 0; index < length; index += 1) {
    const value = values.at(index) ?? 0;
    if (value < 10) {
      // `"1",` in one store.
      view.setInt32(position, QUOTED_DIGIT | (value << 8), true);
      position += 4;
    } else {
      bytes[position] = QUOTE;
      out.position = position + 1;
      writeInteger(out, value);
      ({ position } = out);
      bytes[position] = QUOTE;
      bytes[position + 1] = COMMA;
      position += 2;
    }
  }
  // The comma behind the last one is written over.
  out.position = length > 0 ? position - 1 : position;
}

/**
 * writeJsonDouble writes a double as JSON: the shortest digits that read back the same, and NaN and the infinities as
 * strings (proto3 JSON mapping).
 */
export function writeJsonDouble(out: ByteWriter, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) writeInteger(out, value);
  else if (value > 0 && value < BILLION && writeShortDecimal(out, value)) return;
  else if (Number.isFinite(value)) out.ascii(Object.is(value, -0) ? '-0' : String(value));
  else out.ascii(`"${value}"`);
}
