import { setImmediate as nextTurn } from 'node:timers/promises';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { type Field, type MessageType, messageType } from './message-types.ts';
import type { ScalarType } from './otlp-schema.ts';

const maxDepth = 100; // what protobuf's own implementations allow
const sliceMs = 5;
const fieldsBetweenLooks = 256;

/**
 * decodeProtobuf reads a message of the OTLP schema from its protobuf form. Stricter than a protobuf library has to
 * be, because an encoder is what is being tested: a known field with a wrong wire type, a message that does not end
 * where its length says, and text that is not UTF-8 are errors. Unknown fields are skipped. A large body is decoded in
 * slices of some milliseconds, so that the tests around it go on.
 *
 * @throws Error with the message and the field
 */
export async function decodeProtobuf(typeName: string, bytes: Uint8Array): Promise<unknown> {
  const decoding = new Decoding(messageType(typeName), bytes);
  let sliceEnd = performance.now() + sliceMs;
  while (!decoding.advance(fieldsBetweenLooks)) {
    if (performance.now() < sliceEnd) continue;
    await nextTurn();
    sliceEnd = performance.now() + sliceMs;
  }
  return decoding.message;
}

/** A message that is being read, up to the position where it ends. */
interface Frame {
  readonly type: MessageType;
  readonly message: Record<string, unknown>;
  readonly end: number;
}

/** Decoding walks a body with its own stack, so that it can stop after any field and go on later. */
class Decoding {
  readonly #reader: BinaryReader;
  readonly #stack: Frame[] = [];
  readonly message: Record<string, unknown>;
  #frame: Frame;

  constructor(type: MessageType, bytes: Uint8Array) {
    this.#reader = new BinaryReader(bytes);
    this.message = type.createEmpty();
    this.#frame = { type, message: this.message, end: bytes.length };
  }

  /** Reads up to that many fields; true when the whole body is read. */
  advance(fields: number): boolean {
    const reader = this.#reader;
    for (let field = 0; field < fields; field += 1) {
      while (reader.pos >= this.#frame.end) {
        if (reader.pos > this.#frame.end) {
          throw new Error(`${this.#frame.type.name}: its last field runs past the end of the message`);
        }
        const parent = this.#stack.pop();
        if (parent === undefined) return true;
        this.#frame = parent;
      }
      this.#readField(this.#frame);
    }
    return false;
  }

  #readField({ type, message }: Frame): void {
    const reader = this.#reader;
    const [number, wireType] = reader.tag();
    const field = type.byNumber.get(number);
    if (field === undefined) {
      reader.skip(wireType, number);
      return;
    }
    if (typeof field.type !== 'string') {
      if (wireType !== LengthDelimited)
        throw wrongWireType({ type, field, wireType, expected: LengthDelimited });
      this.#enter(field.type, { type, field, message });
      return;
    }
    const scalar = scalarReaders[field.type];
    if (wireType === scalar.wireType) {
      assign(message, field, scalar.read(reader));
    } else if (field.repeated && wireType === LengthDelimited) {
      const end = this.#readEnd({ type, field });
      while (reader.pos < end) assign(message, field, scalar.read(reader));
      if (reader.pos !== end) throw new Error(`${pathOf({ type, field })}: its last value runs past its end`);
    } else {
      throw wrongWireType({ type, field, wireType, expected: scalar.wireType });
    }
  }

  /** Messages that come twice for a field that is not repeated are merged, as protobuf says. */
  #enter(child: MessageType, { type, field, message }: Place & { message: Record<string, unknown> }): void {
    const end = this.#readEnd({ type, field });
    if (this.#stack.length >= maxDepth)
      throw new Error(`${child.name}: nested more than ${maxDepth} messages deep`);
    const known = field.repeated ? undefined : message[field.name];
    const value = isMessage(known) ? known : child.createEmpty();
    if (value !== known) assign(message, field, value);
    this.#stack.push(this.#frame);
    this.#frame = { type: child, message: value, end };
  }

  #readEnd(place: Place): number {
    const length = this.#reader.uint32();
    const end = this.#reader.pos + length;
    if (end > this.#frame.end)
      throw new Error(`${pathOf(place)}: its length runs past the end of the message`);
    return end;
  }
}

interface Place {
  readonly type: MessageType;
  readonly field: Field;
}

function isMessage(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A oneof keeps the member that came last. */
function assign(message: Record<string, unknown>, field: Field, value: unknown): void {
  const { name, rivals, repeated } = field;
  const list = repeated ? message[name] : undefined;
  if (Array.isArray(list)) {
    list.push(value);
    return;
  }
  for (const rival of rivals) if (message[rival] !== undefined) delete message[rival];
  message[name] = value;
}

function pathOf({ type, field }: Place): string {
  return `${type.name}.${field.name}`;
}

function wrongWireType(problem: Place & { readonly wireType: WireType; readonly expected: WireType }): Error {
  const { wireType, expected } = problem;
  return new Error(`${pathOf(problem)}: has wire type ${wireType}, but its type asks for ${expected}`);
}

interface ScalarReader {
  readonly wireType: WireType;
  readonly read: (reader: BinaryReader) => unknown;
}

const { Varint, Bit64, Bit32, LengthDelimited } = WireType;

// The library gives a 64-bit integer as text where the runtime has no BigInt: BigInt() is only for its types.
const scalarReaders: Readonly<Record<ScalarType, ScalarReader>> = {
  bool: { wireType: Varint, read: (reader) => reader.bool() },
  bytes: { wireType: LengthDelimited, read: (reader) => reader.bytes() },
  double: { wireType: Bit64, read: (reader) => reader.double() },
  enum: { wireType: Varint, read: (reader) => reader.int32() },
  fixed32: { wireType: Bit32, read: (reader) => reader.fixed32() },
  fixed64: { wireType: Bit64, read: (reader) => BigInt(reader.fixed64()) },
  id: { wireType: LengthDelimited, read: (reader) => Buffer.from(reader.bytes()).toString('hex') },
  int32: { wireType: Varint, read: (reader) => reader.int32() },
  int64: { wireType: Varint, read: (reader) => BigInt(reader.int64()) },
  sfixed64: { wireType: Bit64, read: (reader) => BigInt(reader.sfixed64()) },
  sint32: { wireType: Varint, read: (reader) => reader.sint32() },
  string: { wireType: LengthDelimited, read: (reader) => reader.string(true) },
  uint32: { wireType: Varint, read: (reader) => reader.uint32() },
  uint64: { wireType: Varint, read: (reader) => BigInt(reader.uint64()) },
};
