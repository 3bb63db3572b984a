import type { AttributeValue } from '@pqcnet/telemetry-core';

import { ByteWriter } from './byte-writer.ts';
import { isIntValue } from './json-attributes.ts';
import { requireInt64 } from './require-int64.ts';

/** Wire types of the protobuf encoding. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;

/** MAX_VARINT_BYTES is the longest varint of a length. */
export const MAX_VARINT_BYTES = 5;

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

/** writeVarint writes a length, from 0 to 2^32 − 1, into room that is reserved. */
export function writeVarint(out: ByteWriter, value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    out.byte((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.byte(rest);
}

/** writeFixed64 writes a whole number's eight bytes: a safe integer, or a bigint from −2^63 to 2^64 − 1. */
export function writeFixed64(out: ByteWriter, value: number | bigint): void {
  const { view, position } = out;
  if (typeof value === 'number') {
    // ToInt32 is the number modulo 2^32: the low word, of negative numbers in two's complement as well.
    view.setInt32(position, value | 0, true);
    view.setInt32(position + 4, Math.floor(value / TWO_TO_32) | 0, true);
  } else view.setBigUint64(position, BigInt.asUintN(64, value), true);
  out.position = position + 8;
}

/** writeDouble writes a double's eight bytes. */
export function writeDouble(out: ByteWriter, value: number): void {
  out.view.setFloat64(out.position, value, true);
  out.position += 8;
}

/** writeBytesField writes a field of bytes, and reserves the room for it. */
export function writeBytesField(out: ByteWriter, field: number, bytes: Uint8Array): void {
  out.reserve(1 + MAX_VARINT_BYTES + bytes.byteLength);
  out.byte(tagOf(field, LENGTH_DELIMITED));
  writeVarint(out, bytes.byteLength);
  out.bytes.set(bytes, out.position);
  out.position += bytes.byteLength;
}

/** writeStringField writes a string field, and reserves the room for it; what is no Unicode becomes U+FFFD. */
export function writeStringField(out: ByteWriter, field: number, text: string): void {
  const wellFormed = text.toWellFormed();
  const length = Buffer.byteLength(wellFormed);
  out.reserve(1 + MAX_VARINT_BYTES + length);
  out.byte(tagOf(field, LENGTH_DELIMITED));
  writeVarint(out, length);
  out.utf8(wellFormed);
}

/** writeAttributes writes each attribute as a KeyValue in a field of its own, and reserves the room for them. */
export function writeAttributes(
  out: ByteWriter,
  field: number,
  attributes: Iterable<readonly [string, AttributeValue]>,
): void {
  const keyValue = new ByteWriter(256);
  const anyValue = new ByteWriter(64);
  for (const [key, value] of attributes) {
    anyValue.position = 0;
    writeAnyValue(anyValue, value);
    keyValue.position = 0;
    writeStringField(keyValue, 1, key);
    writeBytesField(keyValue, 2, anyValue.written());
    writeBytesField(out, field, keyValue.written());
  }
}

function writeAnyValue(out: ByteWriter, value: AttributeValue): void {
  if (typeof value === 'string') {
    writeStringField(out, 1, value);
    return;
  }
  out.reserve(16);
  if (typeof value === 'boolean') {
    out.byte(tagOf(2, VARINT));
    out.byte(value ? 1 : 0);
  } else if (isIntValue(value)) {
    out.byte(tagOf(3, VARINT));
    writeInt64Varint(out, BigInt(requireInt64(value)));
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
