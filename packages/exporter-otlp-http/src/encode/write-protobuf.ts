import type { AttributeValue, BucketCounts } from '@pqcnet/telemetry-core';

import type { ByteWriter } from './byte-writer.ts';
import { isIntValue, requireInt64 } from './int-value.ts';

/** Wire types of the protobuf encoding. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;

/** MAX_VARINT_BYTES is the longest varint of a length. */
export const MAX_VARINT_BYTES = 5;

const TWO_TO_31 = 2_147_483_648;
const TWO_TO_32 = 4_294_967_296;

/** tagOf joins a field's number (1 to 15) and wire type into the byte before its value. */
export function tagOf(field: number, wireType: number): number {
  return (field << 3) | wireType;
}

/** varintBytes is how many bytes a length takes. */
export function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

/** writeVarint writes a safe integer ≥ 0 into room that is reserved. */
export function writeVarint(out: ByteWriter, value: number): void {
  let rest = value;
  while (rest >= TWO_TO_31) {
    out.byte((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  // In 32-bit arithmetic, which is several times as fast as a double's remainder.
  let small = rest | 0;
  while (small >= 0x80) {
    out.byte((small & 0x7f) | 0x80);
    small >>>= 7;
  }
  out.byte(small);
}

/** writeZigzag writes a signed integer of 32 bits into room that is reserved (sint32). */
export function writeZigzag(out: ByteWriter, value: number): void {
  writeVarint(out, ((value << 1) ^ (value >> 31)) >>> 0);
}

/** writeFixed64 writes a whole number's eight bytes: a safe integer, or a bigint from −2^63 to 2^64 − 1. */
export function writeFixed64(out: ByteWriter, value: number | bigint): void {
  const { view, position } = out;
  if (typeof value === 'number') {
    // ToInt32 is the number modulo 2^32: the low word, of negative numbers in two's complement as well.
    view.setInt32(position, value | 0, true);
    // Most are small, and a division costs as much as all the rest.
    const isSmall = value >= 0 && value < TWO_TO_31;
    view.setInt32(position + 4, isSmall ? 0 : Math.floor(value / TWO_TO_32), true);
  } else view.setBigUint64(position, BigInt.asUintN(64, value), true);
  out.position = position + 8;
}

/** writeFixed64Counts writes the eight bytes of each count into room that is reserved. */
export function writeFixed64Counts(out: ByteWriter, counts: BucketCounts): void {
  const { view } = out;
  const { length } = counts;
  let { position } = out;
  for (let index = 0; index < length; index += 1) {
    const count = counts.at(index) ?? 0;
    view.setInt32(position, count | 0, true);
    view.setInt32(position + 4, count < TWO_TO_31 ? 0 : Math.floor(count / TWO_TO_32), true);
    position += 8;
  }
  out.position = position;
}

/** writeDouble writes a double's eight bytes. */
export function writeDouble(out: ByteWriter, value: number): void {
  out.view.setFloat64(out.position, value, true);
  out.position += 8;
}

/**
 * openMessage starts a nested message: its tag, and one byte for its length. Gives what closeMessage needs. The room
 * for what is in it is for the caller to reserve.
 */
export function openMessage(out: ByteWriter, tag: number): number {
  out.reserve(2);
  out.byte(tag);
  out.position += 1;
  return out.position;
}

/** closeMessage writes a nested message's length before it. A longer one than 127 bytes moves up to make room. */
export function closeMessage(out: ByteWriter, start: number): void {
  const length = out.position - start;
  const moved = varintBytes(length) - 1;
  if (moved > 0) {
    out.reserve(moved);
    out.bytes.copyWithin(start + moved, start, out.position);
  }
  out.position = start - 1;
  writeVarint(out, length);
  out.position += length;
}

/** writeStringField writes a string field, and reserves the room for it; what is no Unicode becomes U+FFFD. */
export function writeStringField(out: ByteWriter, field: number, text: string): void {
  const message = openMessage(out, tagOf(field, LENGTH_DELIMITED));
  out.utf8(text);
  closeMessage(out, message);
}

/** writeAttribute writes an attribute as a KeyValue in a field, and reserves the room for it. */
export function writeAttribute(
  out: ByteWriter,
  field: number,
  { key, value }: { readonly key: string; readonly value: AttributeValue },
): void {
  const keyValue = openMessage(out, tagOf(field, LENGTH_DELIMITED));
  writeStringField(out, 1, key);
  writeValueField(out, value);
  closeMessage(out, keyValue);
}

/**
 * writeValueField writes the value of a KeyValue, and reserves the room for it.
 *
 * @throws OtlpHttpError VALUE_OUT_OF_RANGE for an integer that OTLP can't carry.
 */
export function writeValueField(out: ByteWriter, value: AttributeValue): void {
  const anyValue = openMessage(out, tagOf(2, LENGTH_DELIMITED));
  if (typeof value === 'string') writeStringField(out, 1, value);
  else writeScalar(out, value);
  closeMessage(out, anyValue);
}

function writeScalar(out: ByteWriter, value: boolean | number | bigint): void {
  out.reserve(16);
  if (typeof value === 'boolean') {
    out.byte(tagOf(2, VARINT));
    out.byte(value ? 1 : 0);
  } else if (isIntValue(value)) {
    out.byte(tagOf(3, VARINT));
    if (typeof value === 'number' && value >= 0) writeVarint(out, value);
    else writeInt64Varint(out, BigInt(requireInt64(value)));
  } else {
    out.byte(tagOf(4, FIXED64));
    writeDouble(out, Number(value));
  }
}

function writeInt64Varint(out: ByteWriter, value: bigint): void {
  let rest = BigInt.asUintN(64, value);
  while (rest >= 0x80n) {
    out.byte(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  out.byte(Number(rest));
}
