import type { AnyValue, KeyValue } from './decoded-request.ts';

/** The value of an attribute: an int64 is a bigint, a double a number, an empty value null. */
export type AttributeValue =
  | string
  | boolean
  | bigint
  | number
  | null
  | Uint8Array
  | readonly AttributeValue[]
  | Attributes;

/** Attributes by key. The object has no prototype, so `__proto__` is a key like any other. */
export interface Attributes {
  readonly [key: string]: AttributeValue;
}

/**
 * What the reading methods take to choose series: every attribute given must be there, others may be there too. A
 * `bigint` asks for an int64, a `number` for an int64 or a double of that value, text and booleans for themselves.
 */
export type AttributeFilter = Readonly<Record<string, string | boolean | bigint | number>>;

/** readAttributes turns a list of OTLP key-values into an object without a prototype; the last of a key wins. */
export function readAttributes(list: readonly KeyValue[] | undefined): Attributes {
  const attributes: Record<string, AttributeValue> = Object.create(null);
  for (const { key, value } of list ?? []) attributes[key] = readAnyValue(value);
  return attributes;
}

function readAnyValue(value: AnyValue | undefined): AttributeValue {
  if (value === undefined) return null;
  if (value.arrayValue !== undefined) return value.arrayValue.values.map((item) => readAnyValue(item));
  if (value.kvlistValue !== undefined) return readAttributes(value.kvlistValue.values);
  return (
    value.stringValue ?? value.boolValue ?? value.intValue ?? value.doubleValue ?? value.bytesValue ?? null
  );
}

/** matchesAttributes says whether `attributes` has every attribute of `filter`. */
export function matchesAttributes(attributes: Attributes, filter: AttributeFilter | undefined): boolean {
  if (filter === undefined) return true;
  return Object.entries(filter).every(([key, wanted]) => {
    const value = attributes[key];
    if (typeof wanted === 'number' && typeof value === 'bigint') return Number(value) === wanted;
    return Object.is(value, wanted);
  });
}

/** attributesKey gives equal text for equal attributes, whatever their order. */
export function attributesKey(attributes: Attributes): string {
  const keys = Object.keys(attributes).toSorted();
  return keys.map((key) => `${JSON.stringify(key)}:${valueKey(attributes[key] ?? null)}`).join(',');
}

function valueKey(value: AttributeValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `i${value}`;
  if (typeof value === 'number') return `d${Object.is(value, -0) ? '-0' : value}`;
  if (typeof value === 'boolean') return String(value);
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('hex')}`;
  if (isList(value)) return `[${value.map((item) => valueKey(item)).join(',')}]`;
  return `{${attributesKey(value)}}`;
}

function isList(value: readonly AttributeValue[] | Attributes): value is readonly AttributeValue[] {
  return Array.isArray(value);
}
