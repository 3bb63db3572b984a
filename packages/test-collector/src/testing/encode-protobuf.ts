import {
  create,
  createFileRegistry,
  type DescMessage,
  fromJson,
  type JsonValue,
  toBinary,
} from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import { jsonName } from '../message-types.ts';
import { otlpSchema } from '../otlp-schema.ts';

/** Encodes with the protobuf library and a descriptor made from the schema's data: the other way round of our decoder. */

const scalarTypes: Readonly<Record<string, FieldDescriptorProto_Type>> = {
  bool: FieldDescriptorProto_Type.BOOL,
  bytes: FieldDescriptorProto_Type.BYTES,
  double: FieldDescriptorProto_Type.DOUBLE,
  enum: FieldDescriptorProto_Type.INT32, // the same on the wire
  fixed32: FieldDescriptorProto_Type.FIXED32,
  fixed64: FieldDescriptorProto_Type.FIXED64,
  id: FieldDescriptorProto_Type.BYTES,
  int32: FieldDescriptorProto_Type.INT32,
  int64: FieldDescriptorProto_Type.INT64,
  sfixed64: FieldDescriptorProto_Type.SFIXED64,
  sint32: FieldDescriptorProto_Type.SINT32,
  string: FieldDescriptorProto_Type.STRING,
  uint32: FieldDescriptorProto_Type.UINT32,
  uint64: FieldDescriptorProto_Type.UINT64,
};

const file = create(FileDescriptorProtoSchema, {
  name: 'otlp.proto',
  syntax: 'proto3',
  messageType: Object.entries(otlpSchema).map(([name, rows]) => {
    const oneofs: string[] = [];
    const field = rows.map(([number, fieldName, type, presence]) => {
      const scalar = scalarTypes[type];
      const oneof = typeof presence === 'object' ? presence.oneof : `_${fieldName}`;
      const explicit = presence === 'optional' && scalar !== undefined;
      if ((typeof presence === 'object' || explicit) && !oneofs.includes(oneof)) oneofs.push(oneof);
      return {
        name: fieldName,
        jsonName: jsonName(fieldName),
        number,
        label:
          presence === 'repeated' ? FieldDescriptorProto_Label.REPEATED : FieldDescriptorProto_Label.OPTIONAL,
        ...(scalar === undefined
          ? { type: FieldDescriptorProto_Type.MESSAGE, typeName: `.${type}` }
          : { type: scalar }),
        ...(oneofs.includes(oneof) ? { oneofIndex: oneofs.indexOf(oneof) } : {}),
        ...(explicit ? { proto3Optional: true } : {}),
      };
    });
    // Synthetic oneofs come last, as protobuf asks.
    const order = oneofs.toSorted((a, b) => Number(a.startsWith('_')) - Number(b.startsWith('_')));
    for (const entry of field) {
      if (entry.oneofIndex !== undefined) entry.oneofIndex = order.indexOf(oneofs[entry.oneofIndex] ?? '');
    }
    return { name, field, oneofDecl: order.map((oneof) => ({ name: oneof })) };
  }),
});

const registry = createFileRegistry(file, () => undefined);

/** descriptorOf is the library's descriptor of a message of the schema. */
export function descriptorOf(typeName: string): DescMessage {
  const descriptor = registry.getMessage(typeName);
  if (descriptor === undefined) throw new Error(`no message ${typeName}`);
  return descriptor;
}

/** encodeProtobuf encodes the OTLP/JSON form of a message. */
export function encodeProtobuf(typeName: string, json: unknown): Uint8Array {
  const descriptor = descriptorOf(typeName);
  return toBinary(descriptor, fromJson(descriptor, idsAsBase64(json), { ignoreUnknownFields: true }));
}

/** OTLP/JSON has ids in hex where protobuf's own JSON has base64. */
function idsAsBase64(json: unknown, key = ''): JsonValue {
  if (Array.isArray(json)) return json.map((item) => idsAsBase64(item));
  if (typeof json === 'object' && json !== null) {
    return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, idsAsBase64(value, name)]));
  }
  if (typeof json === 'string' && /^(trace|span|parentSpan)Id$/.test(key)) {
    return Buffer.from(json, 'hex').toString('base64');
  }
  return json as JsonValue;
}
