import { otlpSchema, type Presence, type ScalarType } from './otlp-schema.ts';

/** A field of a message, ready for the decoders: its JSON name, and the message it holds if it holds one. */
export interface Field {
  readonly number: number;
  readonly name: string;
  readonly presence: Presence;
  readonly repeated: boolean;
  readonly type: ScalarType | MessageType;
}

/** A message of the schema, with its fields by number (protobuf) and by lowerCamelCase name (JSON). */
export interface MessageType {
  readonly name: string;
  readonly byNumber: ReadonlyMap<number, Field>;
  readonly byName: ReadonlyMap<string, Field>;
  /** A new object with every field that is always present at its default. */
  readonly createEmpty: () => Record<string, unknown>;
}

const types = new Map<string, MessageType>();

/** messageType finds a message of the OTLP schema by its short name, for instance `ExportMetricsServiceRequest`. */
export function messageType(name: string): MessageType {
  const known = types.get(name);
  if (known !== undefined) return known;
  const rows = otlpSchema[name];
  if (rows === undefined) throw new Error(`the OTLP schema has no message ${name}`);
  const byNumber = new Map<number, Field>();
  const byName = new Map<string, Field>();
  const type: MessageType = { name, byNumber, byName, createEmpty: () => emptyMessage(byName) };
  types.set(name, type); // before the fields: AnyValue holds itself
  for (const [number, snakeName, typeName, presence = 'always'] of rows) {
    const field: Field = {
      number,
      name: snakeName.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      presence,
      repeated: presence === 'repeated',
      type: typeName in otlpSchema ? messageType(typeName) : (typeName as ScalarType),
    };
    byNumber.set(number, field);
    byName.set(field.name, field);
  }
  return type;
}

function emptyMessage(fields: ReadonlyMap<string, Field>): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  for (const field of fields.values()) {
    if (field.repeated) message[field.name] = [];
    else if (field.presence === 'always' && typeof field.type === 'string') {
      message[field.name] = defaultOf(field.type);
    }
  }
  return message;
}

function defaultOf(type: ScalarType): unknown {
  switch (type) {
    case 'string':
    case 'id':
      return '';
    case 'bool':
      return false;
    case 'bytes':
      return new Uint8Array(0);
    case 'fixed64':
    case 'int64':
    case 'sfixed64':
    case 'uint64':
      return 0n;
    case 'double':
    case 'enum':
    case 'fixed32':
    case 'int32':
    case 'sint32':
    case 'uint32':
      return 0;
  }
}
