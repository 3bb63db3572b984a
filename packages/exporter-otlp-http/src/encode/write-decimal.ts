import type { BucketCounts } from '@pqcnet/telemetry-core';

import type { ByteWriter } from './byte-writer.ts';

/** MAX_DECIMAL_BYTES is room enough for any number that these functions write. */
export const MAX_DECIMAL_BYTES = 32;

const BILLION = 1_000_000_000;
const MILLION = 1_000_000;

/**
 * TRIPLES holds the three digits of 000 to 999, as a little-endian word writes them. Above them, so that no number needs
 * a branch: eight times the number of leading zeros, two at most (by so much shifted to the right, the word writes the
 * number without them), and how many of the four characters of a point and the digits are to be left out behind. With a
 * sign: a number beyond 2^31 is no 32-bit integer to V8, which would then call a function to write every word.
 */
const TRIPLES = new Int32Array(1000);
for (let value = 0; value < 1000; value += 1) {
  const tens = Math.floor(value / 10);
  const hundreds = Math.floor(value / 100);
  const digits = 0x30_30_30 | hundreds | ((tens % 10) << 8) | ((value % 10) << 16);
  const leadingZeros = Number(value < 100) + Number(value < 10);
  const leftOut = value === 0 ? 4 : Number(value % 10 === 0) + Number(value % 100 === 0);
  TRIPLES[value] = digits | (leadingZeros << 27) | (leftOut << 29);
}
const DIGITS = 0xff_ff_ff;
const SKIPPED_BITS = 0x18;

const MINUS = 0x2d;
const POINT = 0x2e;
const QUOTE = 0x22;
const COMMA = 0x2c;
/** The characters `",` in little-endian order. */
const QUOTE_COMMA: number = QUOTE | (COMMA << 8);

/**
 * QUOTED holds the text of 0 to 999 in quotes and a comma, eight bytes each, as doubles: to move one of these takes one
 * load and one store. None is NaN, which could lose bits: the last two bytes are 0. Beside it, how many bytes count.
 */
const QUOTED = new Float64Array(1000);
const QUOTED_BYTES = new Uint8Array(1000);
/** The double that is written: V8 makes an object of one that is an argument of a function it does not inline. */
const passed = new Float64Array(1);

const scratch = new DataView(new ArrayBuffer(8));
for (let value = 0; value < 1000; value += 1) {
  const text = `"${value}",`;
  for (let at = 0; at < text.length; at += 1) scratch.setUint8(at, text.charCodeAt(at));
  QUOTED[value] = scratch.getFloat64(0, true);
  QUOTED_BYTES[value] = text.length;
}

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
  const small = value | 0;
  if (small < 1000) writeFirstTriple(out, small);
  else if (small < MILLION) {
    const thousands = (small / 1000) | 0;
    writeFirstTriple(out, thousands);
    writeTriple(out, small - thousands * 1000);
  } else {
    const millions = (small / MILLION) | 0;
    writeFirstTriple(out, millions);
    writeSixDigits(out, small - millions * MILLION);
  }
}

/** writeNineDigits writes an integer from 0 to 10^9 − 1 with its leading zeros. */
function writeNineDigits(out: ByteWriter, value: number): void {
  const small = value | 0;
  const millions = (small / MILLION) | 0;
  writeTriple(out, millions);
  writeSixDigits(out, small - millions * MILLION);
}

function writeSixDigits(out: ByteWriter, value: number): void {
  const thousands = (value / 1000) | 0;
  writeTriple(out, thousands);
  writeTriple(out, value - thousands * 1000);
}

/** writeTriple writes an integer from 0 to 999 as three digits; the byte behind them is touched, too. */
function writeTriple(out: ByteWriter, value: number): void {
  out.view.setInt32(out.position, TRIPLES[value] as number, true);
  out.position += 3;
}

/** The same without leading zeros. */
function writeFirstTriple(out: ByteWriter, value: number): void {
  const triple = TRIPLES[value] as number;
  const skippedBits = (triple >>> 24) & SKIPPED_BITS;
  out.view.setInt32(out.position, (triple & DIGITS) >>> skippedBits, true);
  out.position += 3 - (skippedBits >>> 3);
}

/** writeDecimals writes a point and an integer from 0 to 999 as three decimals, as far as they are not zeros. */
function writeDecimals(out: ByteWriter, value: number): void {
  const triple = TRIPLES[value] as number;
  out.view.setInt32(out.position, POINT | (triple << 8), true);
  out.position += 4 - (triple >>> 29);
}

/**
 * writeThousandths writes a number below a million that has at most three decimals, as measured times often have, and
 * says whether it did. It has at most nine digits then, and no two decimals of fifteen digits are the same double: no
 * shorter one reads back as this value.
 */
function writeThousandths(out: ByteWriter): boolean {
  const value = passed[0] as number;
  const thousandths = Math.round(value * 1000);
  if (thousandths / 1000 !== value) return false;
  // In 32-bit arithmetic, which is several times as fast as a double's.
  const small = thousandths | 0;
  const whole = (small / 1000) | 0;
  const rest = small - whole * 1000;
  writeSmall(out, whole);
  writeDecimals(out, rest);
  return true;
}

/** writeMillionths is the same for at most six decimals, and numbers below 10^9 that are not whole. */
function writeMillionths(out: ByteWriter): boolean {
  const value = passed[0] as number;
  const millionths = Math.round(value * MILLION);
  if (millionths / MILLION !== value) return false;
  const whole = Math.floor(value);
  writeSmall(out, whole);
  const fraction = (millionths - whole * MILLION) | 0;
  const thousandths = (fraction / 1000) | 0;
  const rest = fraction - thousandths * 1000;
  if (rest === 0) writeDecimals(out, thousandths);
  else {
    out.byte(POINT);
    writeTriple(out, thousandths);
    writeTriple(out, rest);
    out.position -= (TRIPLES[rest] as number) >>> 29;
  }
  return true;
}

/** writeQuotedIntegers writes counts as decimal strings, separated by commas, into room that is reserved. */
export function writeQuotedIntegers(out: ByteWriter, values: BucketCounts): void {
  const { view } = out;
  const { length } = values;
  // Not in the field, as in `writeFirstTriple`: a histogram's point is mostly this loop.
  let { position } = out;
  for (let index = 0; index < length; index += 1) {
    const value = values.at(index) ?? 0;
    if (value < 1000) {
      view.setFloat64(position, QUOTED[value] as number, true);
      position += QUOTED_BYTES[value] as number;
    } else {
      out.position = position;
      out.byte(QUOTE);
      writeInteger(out, value);
      ({ position } = out);
      view.setInt16(position, QUOTE_COMMA, true);
      position += 2;
    }
  }
  // The comma behind the last one is written over.
  out.position = length > 0 ? position - 1 : position;
}

/**
 * writeJsonDouble writes a double as JSON: the shortest digits that read back the same, and NaN and the infinities as
 * strings (proto3 JSON mapping). −0 has a fraction: some decoders read whole numbers as integers, which have no −0.
 */
export function writeJsonDouble(out: ByteWriter, value: number): void {
  passed[0] = value;
  writePassed(out);
}

function writePassed(out: ByteWriter): void {
  const value = passed[0] as number;
  if (value > 0 && value < MILLION && writeThousandths(out)) return;
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) writeInteger(out, value);
  else if (value > 0 && value < BILLION && writeMillionths(out)) return;
  else if (Number.isFinite(value)) out.ascii(Object.is(value, -0) ? '-0.0' : String(value));
  else out.ascii(`"${value}"`);
}
