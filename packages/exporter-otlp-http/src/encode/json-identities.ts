import type { AttributeValue, SeriesAttributes } from '@pqcnet/telemetry-core';

import { ByteWriter, type Fragment, fragmentOf } from './byte-writer.ts';
import { EncodedValues } from './encoded-values.ts';
import { jsonAnyValue, jsonAttributes, jsonString } from './json-attributes.ts';
import { type JsonTimes, MOST_TIMES_BYTES, NO_VERSION } from './json-times.ts';

/** What stands before and behind a value that is a string; behind others the quote is left out. */
const OPEN_STRING = '"stringValue":"';
const CLOSE_STRING = '"}}';
/** The flag of an encoded value that is a string. */
const STRING = 1;
const OTHER = 0;

/** What encodes a value before it is kept. */
const scratch: ByteWriter = new ByteWriter(256);

/** KeySet is what all series with the same keys have in common: the text between and behind their values. */
interface KeySet {
  readonly places: number;
  readonly text: Fragment;
  /** Where in the text the piece before each value begins, then the end. */
  readonly starts: Int32Array;
  /** What stands behind the last value. */
  readonly tail: Fragment;
  /** The same with the times behind it, and the version of these. */
  readonly end: ByteWriter;
  endVersion: number;
}

function makeKeySet(pieces: readonly string[], tail: string): KeySet {
  const starts = new Int32Array(pieces.length + 1);
  for (const [index, piece] of pieces.entries()) {
    starts[index + 1] = (starts[index] as number) + Buffer.byteLength(piece);
  }
  return {
    places: pieces.length,
    text: fragmentOf(pieces.join('')),
    starts,
    tail: fragmentOf(tail),
    end: new ByteWriter(tail.length + MOST_TIMES_BYTES),
    endVersion: NO_VERSION,
  };
}

function setTimes(keySet: KeySet, { text, version }: JsonTimes): void {
  const { end } = keySet;
  end.position = 0;
  end.reserve(keySet.tail.length + text.position);
  end.fragment(keySet.tail);
  end.copy(text.view, 0, text.position);
  keySet.endVersion = version;
}

const NO_KEYS: KeySet = makeKeySet([], '');

/** JsonIdentitiesOptions is what the series of a metric are written with. */
export interface JsonIdentitiesOptions {
  readonly attributes: SeriesAttributes;
  readonly labels: ReadonlyMap<string, AttributeValue>;
  /** What follows the attributes. */
  readonly end: string;
}

/**
 * JsonIdentities writes what is the same in all points of a series: its attributes, and the labels that they don't
 * override. Keys are encoded once for all series that have the same ones, values once for all series that have them.
 */
export class JsonIdentities {
  readonly attributes: SeriesAttributes;
  readonly #labels: ReadonlyMap<string, AttributeValue>;
  readonly #end: string;
  readonly #keySets: KeySet[] = [];
  /** The set of the last row's keys: nearly always the next one's, too. */
  #keySet: KeySet = NO_KEYS;
  #number = -1;
  readonly #values = new EncodedValues();

  constructor({ attributes, labels, end }: JsonIdentitiesOptions) {
    this.attributes = attributes;
    this.#labels = labels;
    this.#end = end;
  }

  /** The memory that encoded values take, in bytes. */
  get bytes(): number {
    return this.#values.bytes;
  }

  /**
   * write writes the start of a row's point, up to its times, and reserves `room` more bytes.
   *
   * @throws OtlpHttpError VALUE_OUT_OF_RANGE for an attribute that OTLP can't carry.
   */
  write(out: ByteWriter, row: number, times: JsonTimes, room: number): void {
    const { attributes } = this;
    const values = this.#values;
    const number = attributes.keySetOf(row);
    if (number !== this.#number) this.#turnTo(number);
    const keySet = this.#keySet;
    if (keySet.endVersion !== times.version) setTimes(keySet, times);
    const { text, starts, places, end } = keySet;
    const longest = text.length + end.position + room;
    out.reserve(longest + places * values.longest);
    let from = 0;
    for (let place = 0; place < places; place += 1) {
      const id = attributes.valueIdOf(row, place);
      if (!values.find(id)) {
        this.#encode(id);
        out.reserve(longest + places * values.longest);
      }
      const to = starts[place + 1] as number;
      const isString = values.flag === STRING;
      out.copy(text.view, from, isString ? to - from : to - from - OPEN_STRING.length);
      out.copy(values.view, values.start, values.length);
      from = isString ? to : to + 1;
    }
    from -= starts[places] as number;
    out.copy(end.view, from, end.position - from);
  }

  #turnTo(number: number): void {
    this.#keySet = this.#keySets[number] ??= this.#encodeKeys(number);
    this.#number = number;
  }

  #encodeKeys(number: number): KeySet {
    const keys = this.attributes.keysOf(number);
    const labels = jsonAttributes([...this.#labels].filter(([key]) => !keys.includes(key)));
    const separator = labels !== '' && keys.length > 0 ? ',' : '';
    const pieces = keys.map((key, place) => {
      const before = place === 0 ? '{"attributes":[' : `${CLOSE_STRING},`;
      return `${before}{"key":${jsonString(key)},"value":{${OPEN_STRING}`;
    });
    const close = keys.length === 0 ? '{"attributes":[' : CLOSE_STRING;
    return makeKeySet(pieces, `${close}${separator}${labels}${this.#end}`);
  }

  #encode(id: number): void {
    const value = this.attributes.valueOf(id);
    const text = jsonAnyValue(value);
    scratch.position = 0;
    if (typeof value === 'string') scratch.utf8(text.slice(OPEN_STRING.length, -1));
    else scratch.utf8(text);
    this.#values.add(id, scratch, typeof value === 'string' ? STRING : OTHER);
  }
}
