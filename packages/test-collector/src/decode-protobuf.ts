import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { type Field, type MessageType, messageType } from './message-types.ts';
import type { ScalarType } from './otlp-schema.ts';

const maxDepth = 100; // what protobuf's own implementations allow

/**
 * decodeProtobuf reads a message of the OTLP schema from its protobuf form. Stricter than a protobuf library has to
 * be, because an encoder is what is being tested: a known field with a wrong wire type, a message that does not end
 * where its length says, and text that is not UTF-8 are errors. Unknown fields are skipped.
 *
 * @throws Error with the path of the field in its message
 */
export function decodeProtobuf(typeName: string, bytes: Uint8Array): unknown {
  const reader = new BinaryReader(bytes);
  return readMessage(reader, { type: messageType(typeName), end: bytes.length, depth: 0 });
}

interface Frame {
  readonly type: MessageType;
  readonly end: number;
  readonly depth: number;
}

function readMessage(reader: BinaryReader, { type, end, depth }: Frame): Record<string, unknown> {
  if (depth > maxDepth) throw new Error(`${type.name}: nested more than ${maxDepth} messages deep`);
  const message = type.createEmpty();
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const field = type.byNumber.get(number);
    if (field === undefined) reader.skip(wireType, number);
    else readField(reader, { field, wireType, message, type, depth });
  }
  if (reader.pos !== end) throw new Error(`${type.name}: its last field runs past the end of the message`);
  return message;
}

interface FieldFrame {
  readonly field: Field;
  readonly wireType: WireType;
  readonly message: Record<string, unknown>;
  readonly type: MessageType;
  readonly depth: number;
}

function readField(reader: BinaryReader, frame: FieldFrame): void {
  const { field, wireType, message, type } = frame;
  const { type: fieldType, name } = field;
  const expected = typeof fieldType === 'string' ? wireTypeOf(fieldType) : WireType.LengthDelimited;
  if (wireType !== expected) {
    if (field.repeated && wireType === WireType.LengthDelimited && typeof fieldType === 'string') {
      readPacked(reader, message[name] as unknown[], { scalar: fieldType, path: `${type.name}.${name}` });
      return;
    }
    throw new Error(`${type.name}.${name}: has wire type ${wireType}, but its type asks for ${expected}`);
  }
  let value: unknown;
  if (typeof fieldType === 'string') {
    value = readScalar(reader, fieldType);
  } else {
    const length = reader.uint32();
    const end = reader.pos + length;
    if (end > reader.len) throw new Error(`${type.name}.${name}: its length runs past the end of the body`);
    value = readMessage(reader, { type: fieldType, end, depth: frame.depth + 1 });
  }
  if (field.repeated) (message[name] as unknown[]).push(value);
  else setField(message, { field, value, type });
}

/** A oneof keeps the member that came last, as protobuf says. */
function setField(
  message: Record<string, unknown>,
  { field, value, type }: { field: Field; value: unknown; type: MessageType },
): void {
  if (typeof field.presence === 'object') {
    for (const other of type.byName.values()) {
      if (typeof other.presence === 'object' && other.name !== field.name) delete message[other.name];
    }
  }
  message[field.name] = value;
}

function readPacked(
  reader: BinaryReader,
  values: unknown[],
  { scalar, path }: { scalar: ScalarType; path: string },
): void {
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new Error(`${path}: its length runs past the end of the body`);
  while (reader.pos < end) values.push(readScalar(reader, scalar));
  if (reader.pos !== end) throw new Error(`${path}: its last value runs past the end of the packed field`);
}

function wireTypeOf(type: ScalarType): WireType {
  switch (type) {
    case 'string':
    case 'bytes':
    case 'id':
      return WireType.LengthDelimited;
    case 'fixed64':
    case 'sfixed64':
    case 'double':
      return WireType.Bit64;
    case 'fixed32':
      return WireType.Bit32;
    case 'bool':
    case 'enum':
    case 'int32':
    case 'int64':
    case 'sint32':
    case 'uint32':
    case 'uint64':
      return WireType.Varint;
  }
}

function readScalar(reader: BinaryReader, type: ScalarType): unknown {
  switch (type) {
    case 'string':
      return reader.string(true);
    case 'bytes':
      return reader.bytes();
    case 'id':
      return Buffer.from(reader.bytes()).toString('hex');
    case 'fixed64':
      return BigInt(reader.fixed64());
    case 'sfixed64':
      return BigInt(reader.sfixed64());
    case 'int64':
      return BigInt(reader.int64());
    case 'uint64':
      return BigInt(reader.uint64());
    case 'double':
      return reader.double();
    case 'fixed32':
      return reader.fixed32();
    case 'bool':
      return reader.bool();
    case 'enum':
    case 'int32':
      return reader.int32();
    case 'sint32':
      return reader.sint32();
    case 'uint32':
      return reader.uint32();
  }
}
