import type { AttributeValue } from '@pqcnet/telemetry-core';

import { ByteWriter } from './byte-writer.ts';
import { requireInt64 } from './require-int64.ts';
import { MAX_DECIMAL_BYTES, writeJsonDouble } from './write-decimal.ts';

/** writeJsonString writes a string with its quotes; what is no Unicode becomes U+FFFD, as it does in UTF-8. */
export function writeJsonString(out: ByteWriter, text: string): void {
  out.utf8(JSON.stringify(text.toWellFormed()));
}

/** writeJsonAttributes writes KeyValue messages, separated by commas. */
export function writeJsonAttributes(
  out: ByteWriter,
  attributes: Iterable<readonly [string, AttributeValue]>,
): void {
  let separator = '{"key":';
  for (const [key, value] of attributes) {
    out.utf8(separator);
    writeJsonString(out, key);
    out.utf8(',"value":{');
    writeJsonValue(out, value);
    out.utf8('}}');
    separator = ',{"key":';
  }
}

function writeJsonValue(out: ByteWriter, value: AttributeValue): void {
  if (typeof value === 'string') {
    out.utf8('"stringValue":');
    writeJsonString(out, value);
  } else if (typeof value === 'boolean') out.utf8(`"boolValue":${value}`);
  else if (isIntValue(value)) out.utf8(`"intValue":"${requireInt64(value)}"`);
  else {
    out.utf8('"doubleValue":');
    out.reserve(MAX_DECIMAL_BYTES);
    writeJsonDouble(out, Number(value));
  }
}

/** isIntValue says what goes out as an integer: bigints, and numbers that lose neither exactness nor −0's sign. */
export function isIntValue(value: number | bigint): boolean {
  return typeof value === 'bigint' || (Number.isSafeInteger(value) && !Object.is(value, -0));
}

/** encodeJsonText gives what is written as a string, for text that is put together once. */
export function encodeJsonText(write: (out: ByteWriter) => void): string {
  const out = new ByteWriter(256);
  write(out);
  return out.bytes.toString('utf8', 0, out.position);
}
