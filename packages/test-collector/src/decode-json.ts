import { type Field, type MessageType, messageType } from './message-types.ts';
import type { ScalarType } from './otlp-schema.ts';

const maxDepth = 100;

/**
 * decodeJson reads a message of the OTLP schema from its JSON form, by the rules of OTLP/HTTP (protocol
 * specification, "JSON Protobuf Encoding"): lowerCamelCase keys, unknown keys ignored, null as absent, 64-bit integers
 * as numbers or decimal strings, enums as integers, trace and span ids in hex, other bytes in base64.
 *
 * @throws Error with the path of the value, what was expected and what was found
 */
export function decodeJson(typeName: string, text: string): unknown {
  return readMessage(parseExact(text), { type: messageType(typeName), path: '', depth: 0 });
}

/** A 64-bit integer may be written as a number, of which JSON.parse would lose the low digits. */
function parseExact(text: string): unknown {
  if (!/[:[,\s]-?\d{16}/.test(text)) return JSON.parse(text);
  const revive: (key: string, value: unknown, context?: { source?: string }) => unknown = (
    _,
    value,
    context,
  ) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
      ? BigInt(context?.source ?? 0)
      : value;
  return JSON.parse(text, revive);
}

interface Frame {
  readonly type: MessageType;
  readonly path: string;
  readonly depth: number;
}

function readMessage(json: unknown, { type, path, depth }: Frame): Record<string, unknown> {
  if (depth > maxDepth) throw new Error(`${path}: nested more than ${maxDepth} messages deep`);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong(path, 'an object', json);
  const message = type.createEmpty();
  let oneof: string | undefined;
  for (const [key, value] of Object.entries(json)) {
    const field = type.byName.get(key);
    if (field === undefined || value === null || value === undefined) continue;
    const at = path === '' ? key : `${path}.${key}`;
    if (typeof field.presence === 'object') {
      if (oneof !== undefined) throw new Error(`${at}: only one of ${oneof} and ${key} can be set`);
      oneof = key;
    }
    message[key] = field.repeated
      ? readList(value, { field, path: at, depth })
      : readValue(value, { field, path: at, depth });
  }
  return message;
}

interface FieldFrame {
  readonly field: Field;
  readonly path: string;
  readonly depth: number;
}

function readList(json: unknown, { field, path, depth }: FieldFrame): unknown[] {
  if (!Array.isArray(json)) throw wrong(path, 'an array', json);
  return json.map((value, index) => readValue(value, { field, path: `${path}[${index}]`, depth }));
}

function readValue(json: unknown, { field, path, depth }: FieldFrame): unknown {
  if (typeof field.type !== 'string') return readMessage(json, { type: field.type, path, depth: depth + 1 });
  return readScalar(json, field.type, path);
}

function readScalar(json: unknown, type: ScalarType, path: string): unknown {
  switch (type) {
    case 'string':
      if (typeof json !== 'string') throw wrong(path, 'a string', json);
      return json;
    case 'bool':
      if (typeof json !== 'boolean') throw wrong(path, 'a boolean', json);
      return json;
    case 'id':
      if (typeof json !== 'string' || !/^([0-9a-f]{2})*$/i.test(json))
        throw wrong(path, 'a hex string', json);
      return json.toLowerCase();
    case 'bytes':
      return readBase64(json, path);
    case 'double':
      return readDouble(json, path);
    case 'enum':
      if (!Number.isInteger(json)) throw wrong(path, 'an enum as an integer', json);
      return json;
    case 'int32':
    case 'sint32':
      return Number(readInteger(json, { path, minimum: -(2n ** 31n), maximum: 2n ** 31n - 1n }));
    case 'uint32':
    case 'fixed32':
      return Number(readInteger(json, { path, minimum: 0n, maximum: 2n ** 32n - 1n }));
    case 'int64':
    case 'sfixed64':
      return readInteger(json, { path, minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n });
    case 'uint64':
    case 'fixed64':
      return readInteger(json, { path, minimum: 0n, maximum: 2n ** 64n - 1n });
  }
}

function readDouble(json: unknown, path: string): number {
  if (typeof json === 'number') return json;
  if (typeof json === 'bigint') return Number(json);
  if (json === 'NaN' || json === 'Infinity' || json === '-Infinity') return Number(json);
  if (typeof json === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(json)) return Number(json);
  throw wrong(path, 'a number, "NaN", "Infinity" or "-Infinity"', json);
}

function readInteger(
  json: unknown,
  { path, minimum, maximum }: { path: string; minimum: bigint; maximum: bigint },
): bigint {
  let value: bigint | undefined;
  if (typeof json === 'bigint') value = json;
  else if (typeof json === 'number' && Number.isInteger(json)) value = BigInt(json);
  else if (typeof json === 'string' && /^-?\d{1,20}$/.test(json)) value = BigInt(json);
  if (value === undefined || value < minimum || value > maximum) {
    throw wrong(path, `an integer from ${minimum} to ${maximum}`, json);
  }
  return value;
}

function readBase64(json: unknown, path: string): Uint8Array {
  if (typeof json !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(json)) {
    throw wrong(path, 'a base64 string', json);
  }
  return new Uint8Array(Buffer.from(json, 'base64'));
}

function wrong(path: string, expected: string, found: unknown): Error {
  const shown = JSON.stringify(found, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  const short = shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
  return new Error(`${path === '' ? 'the body' : path}: expected ${expected}, found ${short}`);
}
