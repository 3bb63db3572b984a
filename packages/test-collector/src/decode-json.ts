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

/** A 64-bit integer may be written as a number, of which JSON.parse alone would lose the low digits. */
function parseExact(text: string): unknown {
  return /[:[,\s]-?\d{16}/.test(text) ? JSON.parse(text, reviveInteger) : JSON.parse(text);
}

function reviveInteger(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source ?? '';
  const lossy = typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source);
  return lossy ? BigInt(source) : value;
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
  for (const [key, value] of Object.entries(json)) {
    const field = type.byName.get(key);
    if (field === undefined || value === null || value === undefined) continue;
    const at = path === '' ? key : `${path}.${key}`;
    const rival = field.rivals.find((name) => message[name] !== undefined);
    if (rival !== undefined) throw new Error(`${at}: only one of ${rival} and ${key} can be set`);
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
  return scalarReaders[field.type](json, path);
}

type ScalarReader = (json: unknown, path: string) => unknown;

const signed32: Range = { minimum: -(2n ** 31n), maximum: 2n ** 31n - 1n };
const unsigned32: Range = { minimum: 0n, maximum: 2n ** 32n - 1n };
const signed64: Range = { minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n };
const unsigned64: Range = { minimum: 0n, maximum: 2n ** 64n - 1n };

const readSigned32: ScalarReader = (json, path) => Number(readInteger(json, path, signed32));
const readUnsigned32: ScalarReader = (json, path) => Number(readInteger(json, path, unsigned32));
const readSigned64: ScalarReader = (json, path) => readInteger(json, path, signed64);
const readUnsigned64: ScalarReader = (json, path) => readInteger(json, path, unsigned64);

const scalarReaders: Readonly<Record<ScalarType, ScalarReader>> = {
  bool: (json, path) => {
    if (typeof json !== 'boolean') throw wrong(path, 'a boolean', json);
    return json;
  },
  bytes: readBase64,
  double: readDouble,
  enum: (json, path) => {
    if (!Number.isInteger(json)) throw wrong(path, 'an enum as an integer', json);
    return json;
  },
  fixed32: readUnsigned32,
  fixed64: readUnsigned64,
  id: (json, path) => {
    if (typeof json !== 'string' || !/^([0-9a-f]{2})*$/i.test(json)) throw wrong(path, 'a hex string', json);
    return json.toLowerCase();
  },
  int32: readSigned32,
  int64: readSigned64,
  sfixed64: readSigned64,
  sint32: readSigned32,
  string: (json, path) => {
    if (typeof json !== 'string') throw wrong(path, 'a string', json);
    return json;
  },
  uint32: readUnsigned32,
  uint64: readUnsigned64,
};

interface Range {
  readonly minimum: bigint;
  readonly maximum: bigint;
}

function readDouble(json: unknown, path: string): number {
  if (typeof json === 'number') return json;
  if (typeof json === 'bigint') return Number(json);
  if (json === 'NaN' || json === 'Infinity' || json === '-Infinity') return Number(json);
  if (typeof json === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(json)) return Number(json);
  throw wrong(path, 'a number, "NaN", "Infinity" or "-Infinity"', json);
}

function readInteger(json: unknown, path: string, { minimum, maximum }: Range): bigint {
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
