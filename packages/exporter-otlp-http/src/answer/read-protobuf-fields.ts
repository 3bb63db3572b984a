/** ProtobufField is one field of a message as it stands on the wire. */
export interface ProtobufField {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/**
 * readProtobufFields reads the fields of one message, unknown ones included; nested messages stay bytes. The few
 * answers of a receiver need no more.
 *
 * @throws RangeError when the bytes are no protobuf message.
 */
export function readProtobufFields(bytes: Uint8Array): ProtobufField[] {
  const fields: ProtobufField[] = [];
  let at = 0;
  function readVarint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw new RangeError('the message ends within a varint');
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new RangeError('a varint has more than ten bytes');
  }
  function take(length: number): Uint8Array {
    if (length > bytes.byteLength - at) throw new RangeError('the message ends within a field');
    at += length;
    return bytes.subarray(at - length, at);
  }
  while (at < bytes.byteLength) {
    const tag = Number(readVarint());
    const number = Math.floor(tag / 8);
    if (number === 0) throw new RangeError('a field has the number 0');
    switch (tag % 8) {
      case 0:
        fields.push({ number, value: readVarint() });
        break;
      case 1:
        fields.push({ number, value: take(8) });
        break;
      case 2:
        fields.push({ number, value: take(Number(readVarint())) });
        break;
      case 5:
        fields.push({ number, value: take(4) });
        break;
      default:
        throw new RangeError('a field has an unknown wire type');
    }
  }
  return fields;
}

/** decodeUtf8 reads a string field. @throws TypeError when it is no UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
