import type { AttributeValue } from '@pqcnet/telemetry-core';

import { ByteWriter } from './byte-writer.ts';
import { isIntValue, requireInt64 } from './int-value.ts';
import { MAX_DECIMAL_BYTES, writeJsonDouble } from './write-decimal.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;

/** writeJsonString writes a string with its quotes; what is no Unicode becomes U+FFFD, as it does in UTF-8. */
function writeJsonString(out: ByteWriter, text: string): void {
  out.reserve(text.length + 2);
  const { bytes, position } = out;
  bytes[position] = QUOTE;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) {
      out.utf8(JSON.stringify(text.toWellFormed()));
      return;
    }
    bytes[position + 1 + index] = code;
  }
  bytes[position + 1 + text.length] = QUOTE;
  out.position = position + text.length + 2;
}

/** writeJsonAttribute writes a KeyValue message into an array that is open. */
export function writeJsonAttribute(out: ByteWriter, key: string, value: AttributeValue): void {
  out.reserve(64);
  if (out.bytes[out.position - 1] !== OPEN_BRACKET) out.byte(COMMA);
  out.ascii('{"key":');
  writeJsonString(out, key);
  out.reserve(64);
  if (typeof value === 'string') {
    out.ascii(',"value":{"stringValue":');
    writeJsonString(out, value);
  } else if (typeof value === 'boolean') out.ascii(`,"value":{"boolValue":${value}`);
  else if (isIntValue(value)) out.ascii(`,"value":{"intValue":"${requireInt64(value)}"`);
  else {
    out.ascii(',"value":{"doubleValue":');
    out.reserve(MAX_DECIMAL_BYTES);
    writeJsonDouble(out, Number(value));
  }
  out.utf8('}}');
}

/** jsonAttributes gives an array of KeyValue messages, without its brackets. */
export function jsonAttributes(attributes: ReadonlyMap<string, AttributeValue>): string {
  const out = new ByteWriter(256);
  out.utf8('[');
  for (const [key, value] of attributes) writeJsonAttribute(out, key, value);
  return out.bytes.toString('utf8', 1, out.position);
}
