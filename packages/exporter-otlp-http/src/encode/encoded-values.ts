import { type ByteWriter, copyWords, requireSize, SLACK } from './byte-writer.ts';

const NO_PLACES: Uint32Array<ArrayBuffer> = new Uint32Array(0);
const NO_BYTES: DataView = new DataView(new ArrayBuffer(SLACK));
/** The longest varint of a header: a length below 2^31 and a flag. */
const MAX_HEADER_BYTES = 5;
/** Nothing stands at 0, so that it can mean that a value is not there. */
const FIRST_PLACE = 1;

/**
 * EncodedValues keeps the encoded attribute values of a metric, each once, side by side in one piece of memory: no
 * object per value. A value costs four bytes and its length beside what is encoded of it.
 */
export class EncodedValues {
  /** Where the values stand. Another one when it had to grow. */
  view: DataView = NO_BYTES;
  /** The value that `find` found or `add` added last: where it begins in `view`, its length, and its flag. */
  start = 0;
  length = 0;
  flag = 0;
  /** By value id: where the header of a value stands. */
  #places = NO_PLACES;
  #used = FIRST_PLACE;
  #longest = 0;

  /** The size of all memory for values, in bytes. */
  get bytes(): number {
    return this.view.byteLength + this.#places.byteLength;
  }

  /** The length of the longest value. */
  get longest(): number {
    return this.#longest;
  }

  /** find looks up a value; false when it was not added yet. */
  find(id: number): boolean {
    const place = id < this.#places.length ? (this.#places[id] as number) : 0;
    if (place === 0) return false;
    const header = this.view.getUint8(place);
    if (header < 0x80) {
      this.start = place + 1;
      this.length = header >>> 1;
      this.flag = header & 1;
    } else this.#readLongHeader(place);
    return true;
  }

  /** add keeps a copy of what a writer holds as the value of an id, with a flag of 0 or 1. */
  add(id: number, source: ByteWriter, flag: number): void {
    const length = source.position;
    this.#reserve(MAX_HEADER_BYTES + length);
    this.#reservePlace(id);
    this.#places[id] = this.#used;
    let header = length * 2 + flag;
    for (; header >= 0x80; header = Math.floor(header / 0x80))
      this.view.setUint8(this.#used++, header | 0x80);
    this.view.setUint8(this.#used++, header);
    copyWords(this.view, this.#used, source.view, 0, length);
    this.start = this.#used;
    this.length = length;
    this.flag = flag;
    this.#used += length;
    if (length > this.#longest) this.#longest = length;
  }

  #readLongHeader(place: number): void {
    let at = place;
    let header = 0;
    let scale = 1;
    let byte: number;
    do {
      byte = this.view.getUint8(at++);
      header += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80);
    this.start = at;
    this.length = Math.floor(header / 2);
    this.flag = header % 2;
  }

  #reserve(length: number): void {
    const needed = this.#used + length + SLACK;
    if (needed <= this.view.byteLength) return;
    requireSize(needed);
    // In small steps, since it stays: nothing more is added once all series have been seen.
    const larger = new Uint8Array(Math.max(needed, Math.floor(this.view.byteLength * 1.25)));
    larger.set(new Uint8Array(this.view.buffer, 0, this.#used));
    this.view = new DataView(larger.buffer);
  }

  #reservePlace(id: number): void {
    if (id < this.#places.length) return;
    const larger = new Uint32Array(Math.max(id + 1, Math.floor(this.#places.length * 1.25)));
    larger.set(this.#places);
    this.#places = larger;
  }
}
