import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeProtobuf } from './testing/encode-protobuf.ts';
import { decodeJson } from './decode-json.ts';
import { decodeProtobuf } from './decode-protobuf.ts';
import { jsonName } from './message-types.ts';
import { otlpSchema } from './otlp-schema.ts';

const integer = (min: bigint, max: bigint): fc.Arbitrary<string> => fc.bigInt({ min, max }).map(String);
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const int64 = integer(-(2n ** 63n), 2n ** 63n - 1n);
const uint64 = integer(0n, 2n ** 64n - 1n);
const wellFormed = fc.string({ unit: 'grapheme', maxLength: 8 });

const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  bytes: fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  double: fc.double().map((value) => (Number.isFinite(value) ? value : String(value))),
  enum: fc.nat({ max: 5 }),
  fixed32: uint32,
  fixed64: uint64,
  id: fc.uint8Array({ maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  int32,
  int64,
  sfixed64: int64,
  sint32: int32,
  string: wellFormed,
  uint32,
  uint64,
};

/** Random OTLP/JSON of a message, straight from the schema. */
function anyMessage(typeName: string, depth = 0): fc.Arbitrary<object> {
  const rows = otlpSchema[typeName] ?? [];
  const members: Record<string, fc.Arbitrary<unknown>> = {};
  const oneof: fc.Arbitrary<object>[] = [fc.constant({})];
  for (const [, name, type, presence] of rows) {
    if (depth > 7 && scalars[type] === undefined) continue;
    const value = scalars[type] ?? anyMessage(type, depth + 1);
    if (typeof presence === 'object') oneof.push(value.map((member) => ({ [jsonName(name)]: member })));
    else members[jsonName(name)] = presence === 'repeated' ? fc.array(value, { maxLength: 2 }) : value;
  }
  return fc
    .tuple(fc.record(members, { requiredKeys: [] }), fc.oneof(...oneof))
    .map(([plain, member]) => Object.assign(plain, member));
}

test.each(['ExportMetricsServiceRequest', 'ExportTraceServiceRequest', 'ExportLogsServiceRequest'])(
  'reads any %s that the library wrote as its JSON form reads',
  async (typeName) => {
    await fc.assert(
      fc.asyncProperty(anyMessage(typeName), async (json) => {
        const fromProtobuf = await decodeProtobuf(typeName, encodeProtobuf(typeName, json));
        expect(fromProtobuf).toEqual(decodeJson(typeName, JSON.stringify(json)));
      }),
      { numRuns: 60 },
    );
  },
);

function bytesOf(write: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
}

test.each([
  ['an empty body', new Uint8Array(0), { attributes: [], droppedAttributesCount: 0, entityRefs: [] }],
  [
    'a field that it does not know',
    bytesOf((writer) =>
      writer.tag(99, WireType.LengthDelimited).string('new').tag(2, WireType.Varint).uint32(7),
    ),
    { attributes: [], droppedAttributesCount: 7, entityRefs: [] },
  ],
])('reads %s', async (_, bytes, expected) => {
  expect(await decodeProtobuf('Resource', bytes)).toEqual(expected);
});

test('reads repeated scalars that are not packed', async () => {
  const bytes = bytesOf((writer) =>
    writer
      .tag(2, WireType.Varint)
      .uint64(1)
      .tag(2, WireType.Varint)
      .uint64(2n ** 64n - 1n),
  );
  expect(await decodeProtobuf('Buckets', bytes)).toEqual({ offset: 0, bucketCounts: [1n, 2n ** 64n - 1n] });
});

test('keeps the member of a oneof that came last', async () => {
  const bytes = bytesOf((writer) =>
    writer.tag(6, WireType.Bit64).sfixed64(1n).tag(4, WireType.Bit64).double(2),
  );
  const point = await decodeProtobuf('NumberDataPoint', bytes);
  expect(point).toHaveProperty('asDouble', 2);
  expect(point).not.toHaveProperty('asInt');
});

const nested = (depth: number): Uint8Array => {
  let bytes = new Uint8Array(0);
  for (let level = 0; level < depth; level += 1) {
    const inner = bytes;
    bytes = Uint8Array.from(
      bytesOf((writer) => writer.tag(level % 2 === 0 ? 1 : 5, WireType.LengthDelimited).bytes(inner)),
    );
  }
  return bytes;
};

test.each([
  [
    'a wrong wire type',
    bytesOf((w) => w.tag(3, WireType.Varint).uint32(1)),
    /NumberDataPoint.timeUnixNano: has wire type 0/,
  ],
  [
    'a message as a number',
    bytesOf((w) => w.tag(7, WireType.Varint).uint32(1)),
    /attributes: has wire type 0/,
  ],
  ['a length past the end', Uint8Array.of(0x3a, 0x05, 0x0a), /attributes: its length runs past the end/],
  ['a field cut off', Uint8Array.of(0x19, 1, 2, 3), /./],
  ['a field that runs into the next message', Uint8Array.of(0x3a, 0x02, 0x0a, 0x05, 1, 1, 1, 1, 1), /./],
  ['text that is not UTF-8', Uint8Array.of(0x3a, 0x04, 0x0a, 0x02, 0xc3, 0x28), /./],
  ['a tag of field 0', Uint8Array.of(0x00, 0x00), /./],
])('refuses %s', async (_, bytes, message) => {
  await expect(decodeProtobuf('NumberDataPoint', bytes)).rejects.toThrow(message);
});

test('refuses messages that are nested too deep', async () => {
  await expect(decodeProtobuf('ArrayValue', nested(301))).rejects.toThrow('nested more than 100');
});

test('lets other work go on while it decodes a large body', async () => {
  const point = { attributes: [{ key: 'chain', value: { stringValue: 'base' } }], asInt: '1' };
  const dataPoints = Array.from({ length: 20_000 }, () => point);
  const bytes = encodeProtobuf('Sum', { dataPoints });
  let turns = 0;
  const count = (): void => {
    turns += 1;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  const decoded = await decodeProtobuf('Sum', bytes);
  clearImmediate(timer);
  expect(decoded).toHaveProperty('dataPoints.length', 20_000);
  expect(turns).toBeGreaterThan(2);
});
