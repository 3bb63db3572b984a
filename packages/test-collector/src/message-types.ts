import { otlpSchema, type Presence, type ScalarType } from './otlp-schema.ts';

/** A field of a message, ready for the decoders: its JSON name, and the message it holds if it holds one. */
export interface Field {
  readonly number: number;
  readonly name: string;
  readonly repeated: boolean;
  readonly type: ScalarType | MessageType;
  /** The other members of its oneof; none outside a oneof. */
  readonly rivals: readonly string[];
}

/** A message of the schema, with its fields by number (protobuf) and by lowerCamelCase name (JSON). */
export interface MessageType {
  readonly name: string;
  readonly byNumber: ReadonlyMap<number, Field>;
  readonly byName: ReadonlyMap<string, Field>;
  /** A new object with every field that is always present at its default, and an empty list for a repeated one. */
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
  const scalars: Record<string, unknown> = {};
  const lists: string[] = [];
  const createEmpty = (): Record<string, unknown> => {
    const message = { ...scalars };
    for (const list of lists) message[list] = [];
    return message;
  };
  const type: MessageType = { name, byNumber, byName, createEmpty };
  types.set(name, type); // before the fields: AnyValue holds itself
  const members = rows
    .filter(([, , , presence]) => isOneof(presence))
    .map(([, snakeName]) => jsonName(snakeName));
  for (const [number, snakeName, typeName, presence = 'always'] of rows) {
    const field: Field = {
      number,
      name: jsonName(snakeName),
      repeated: presence === 'repeated',
      type: isScalar(typeName) ? typeName : messageType(typeName),
      rivals: isOneof(presence) ? members.filter((member) => member !== jsonName(snakeName)) : [],
    };
    byNumber.set(number, field);
    byName.set(field.name, field);
    if (field.repeated) lists.push(field.name);
    else if (presence === 'always' && isScalar(typeName)) scalars[field.name] = defaults[typeName];
  }
  return type;
}

/** jsonName is the lowerCamelCase name that OTLP/JSON gives to a field of a .proto file. */
export function jsonName(snakeName: string): string {
  return snakeName.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** No message of OTLP has more than one oneof, so that its name does not matter here. */
function isOneof(presence: Presence | undefined): boolean {
  return typeof presence === 'object';
}

const defaults: Readonly<Record<ScalarType, unknown>> = {
  bool: false,
  bytes: new Uint8Array(0),
  double: 0,
  enum: 0,
  fixed32: 0,
  fixed64: 0n,
  id: '',
  int32: 0,
  int64: 0n,
  sfixed64: 0n,
  sint32: 0,
  string: '',
  uint32: 0,
  uint64: 0n,
};

function isScalar(name: string): name is ScalarType {
  return Object.hasOwn(defaults, name);
}
