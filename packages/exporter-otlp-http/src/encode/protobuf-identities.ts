import type { AttributeValue, SeriesAttributes } from '@pqcnet/telemetry-core';

import { ByteWriter, type Fragment, fragmentBy } from './byte-writer.ts';
import { EncodedValues } from './encoded-values.ts';
import {
  LENGTH_DELIMITED,
  MAX_VARINT_BYTES,
  tagOf,
  writeAttribute,
  writeStringField,
  writeValueField,
  writeVarint,
} from './write-protobuf.ts';

/** The tag of a KeyValue in its point, and one byte for its length. */
const PREFIX_BYTES = 2;

/** What encodes a value before it is kept. */
const scratch: ByteWriter = new ByteWriter(256);

/** KeySet is what all series with the same keys have in common. */
interface KeySet {
  /** For each key: tag and length of its KeyValue, with a length of 0, and its key field. */
  readonly keys: readonly Fragment[];
  /** How much they and the labels take, with the longest lengths. */
  readonly room: number;
  /** The labels that the attributes don't override, as fields of the point. */
  readonly labels: Fragment;
}

const NO_KEYS: KeySet = { keys: [], room: 0, labels: fragmentBy(() => {}) };

/** ProtobufIdentitiesOptions is what the series of a metric are written with. */
export interface ProtobufIdentitiesOptions {
  readonly attributes: SeriesAttributes;
  readonly labels: ReadonlyMap<string, AttributeValue>;
  /** The number of the field that the attributes of a point have in its type. */
  readonly field: number;
}

/**
 * ProtobufIdentities writes what is the same in all points of a series: its attributes, and the labels that they don't
 * override. Keys are encoded once for all series that have the same ones, values once for all series that have them.
 */
export class ProtobufIdentities {
  readonly attributes: SeriesAttributes;
  readonly #labels: ReadonlyMap<string, AttributeValue>;
  readonly #field: number;
  readonly #keySets: KeySet[] = [];
  /** The set of the last row's keys: nearly always the next one's, too. */
  #keySet: KeySet = NO_KEYS;
  #number = -1;
  readonly #values = new EncodedValues();

  constructor({ attributes, labels, field }: ProtobufIdentitiesOptions) {
    this.attributes = attributes;
    this.#labels = labels;
    this.#field = field;
  }

  /** The memory that encoded values take, in bytes. */
  get bytes(): number {
    return this.#values.bytes;
  }

  /**
   * write writes the attributes of a row's point, and reserves `room` more bytes.
   *
   * @throws OtlpHttpError VALUE_OUT_OF_RANGE for an attribute that OTLP can't carry.
   */
  write(out: ByteWriter, row: number, room: number): void {
    const { attributes } = this;
    const values = this.#values;
    const number = attributes.keySetOf(row);
    if (number !== this.#number) this.#turnTo(number);
    const { keys, labels, room: keysRoom } = this.#keySet;
    out.reserve(keysRoom + keys.length * values.longest + room);
    for (let place = 0; place < keys.length; place += 1) {
      const key = keys[place] as Fragment;
      const id = attributes.valueIdOf(row, place);
      if (!values.find(id)) {
        this.#encode(id);
        out.reserve(keysRoom + keys.length * values.longest + room);
      }
      const length = key.length - PREFIX_BYTES + values.length;
      const { position } = out;
      out.fragment(key);
      if (length < 0x80) out.bytes[position + 1] = length;
      else {
        out.position = position + 1;
        writeVarint(out, length);
        out.copy(key.view, PREFIX_BYTES, key.length - PREFIX_BYTES);
      }
      out.copy(values.view, values.start, values.length);
    }
    out.fragment(labels);
  }

  #turnTo(number: number): void {
    this.#keySet = this.#keySets[number] ??= this.#makeKeySet(number);
    this.#number = number;
  }

  #makeKeySet(number: number): KeySet {
    const names = this.attributes.keysOf(number);
    const keys = names.map((name) =>
      fragmentBy((out) => {
        out.reserve(PREFIX_BYTES);
        out.byte(tagOf(this.#field, LENGTH_DELIMITED));
        out.byte(0);
        writeStringField(out, 1, name);
      }),
    );
    const labels = fragmentBy((out) => {
      for (const [key, value] of this.#labels) {
        if (!names.includes(key)) writeAttribute(out, this.#field, { key, value });
      }
    });
    const room = keys.reduce((sum, { length }) => sum + length + MAX_VARINT_BYTES, labels.length);
    return { keys, labels, room };
  }

  #encode(id: number): void {
    scratch.position = 0;
    writeValueField(scratch, this.attributes.valueOf(id));
    this.#values.add(id, scratch, 0);
  }
}
