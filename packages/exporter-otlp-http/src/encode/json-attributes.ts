import type { AttributeValue } from '@pqcnet/telemetry-core';

import { isIntValue, requireInt64 } from './int-value.ts';

/** jsonString gives a string with its quotes; what is no Unicode becomes U+FFFD, as it does in UTF-8. */
export function jsonString(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

/**
 * jsonAnyValue gives what stands inside an AnyValue message: the field that holds the value.
 *
 * @throws OtlpHttpError VALUE_OUT_OF_RANGE for an integer that OTLP can't carry.
 */
export function jsonAnyValue(value: AttributeValue): string {
  if (typeof value === 'string') return `"stringValue":${jsonString(value)}`;
  if (typeof value === 'boolean') return `"boolValue":${value}`;
  if (isIntValue(value)) return `"intValue":"${requireInt64(value)}"`;
  const double = Number(value);
  // String() gives the shortest digits that read back the same, but no sign to −0: see writeJsonDouble.
  const digits = Object.is(double, -0) ? '-0.0' : String(double);
  return `"doubleValue":${Number.isFinite(double) ? digits : `"${digits}"`}`;
}

/** jsonAttributes gives an array of KeyValue messages, without its brackets. */
export function jsonAttributes(attributes: Iterable<readonly [string, AttributeValue]>): string {
  return Array.from(
    attributes,
    ([key, value]) => `{"key":${jsonString(key)},"value":{${jsonAnyValue(value)}}}`,
  ).join(',');
}
