/** SLACK is how many bytes past its position a writer may touch: copies go by words of eight bytes. */
export const SLACK = 8;
/** Positions are integers of 32 bits, with a sign. */
const MOST_BYTES: number = 2 ** 31 - 1;
/** SHORT is up to how many characters a loop over them pays. */
const SHORT = 64;

/** What a writer has that has no memory. */
const NOTHING: Buffer = Buffer.allocUnsafeSlow(SLACK);
const NOTHING_VIEW: DataView = viewOf(NOTHING);

/**
 * ByteWriter writes into memory that grows. `reserve` comes first: the writing methods check nothing, so that they
 * stay a few instructions each.
 */
export class ByteWriter {
  bytes: Buffer;
  view: DataView;
  /** Where the next byte goes. */
  position = 0;
  /** Up to here it has room. */
  #end: number;

  readonly #ceilingBytes: number;
  /** How much it keeps when it rests. */
  readonly #keptBytes: number;
  /** How much it takes when it has no memory. */
  #freshBytes = 0;
  /** The memory of a writer that rests, as long as nobody else needs it. */
  #resting: WeakRef<Buffer> | undefined;

  /** What it holds grows by doubling up to `ceilingBytes`, and beyond only as far as needed. */
  constructor(initialBytes: number, ceilingBytes: number = Number.POSITIVE_INFINITY) {
    this.#ceilingBytes = ceilingBytes;
    this.#keptBytes = initialBytes + SLACK;
    this.bytes = Buffer.allocUnsafeSlow(this.#keptBytes);
    this.view = viewOf(this.bytes);
    this.#end = initialBytes;
  }

  /** reserve makes room for `length` more bytes. */
  reserve(length: number): void {
    const needed = this.position + length;
    if (needed > this.#end) this.#grow(needed + SLACK);
  }

  #grow(needed: number): void {
    requireSize(needed);
    const before = this.bytes;
    const rested = this.#resting?.deref();
    this.#resting = undefined;
    if (rested !== undefined && rested.length >= needed) this.bytes = rested;
    else {
      const wanted = before === NOTHING ? this.#freshBytes : before.length * 2;
      this.bytes = Buffer.allocUnsafeSlow(Math.max(needed, Math.min(wanted, this.#ceilingBytes)));
    }
    before.copy(this.bytes, 0, 0, this.position);
    this.view = viewOf(this.bytes);
    this.#end = this.bytes.length - SLACK;
  }

  /**
   * rest is for the time when nothing is written, and what was written is not read any more: garbage collection may take
   * the memory then, if it is more than at first.
   */
  rest(): void {
    const { bytes } = this;
    if (bytes.length <= this.#keptBytes) {
      this.position = 0;
      return;
    }
    this.renew();
    this.#resting = new WeakRef(bytes);
  }

  /** renew leaves the memory to others and goes on in new memory. */
  renew(): void {
    this.#freshBytes = this.bytes.length;
    this.bytes = NOTHING;
    this.view = NOTHING_VIEW;
    this.#end = 0;
    this.position = 0;
  }

  /** byte writes one byte. */
  byte(value: number): void {
    this.bytes[this.position] = value;
    this.position += 1;
  }

  /** copy writes `length` bytes of a source, which must have SLACK more behind them. */
  copy(source: DataView, start: number, length: number): void {
    copyWords(this.view, this.position, source, start, length);
    this.position += length;
  }

  /** fragment writes a Fragment. */
  fragment(fragment: Fragment): void {
    this.copy(fragment.view, 0, fragment.length);
  }

  /** fragmentExactly writes a Fragment and touches nothing behind it. */
  fragmentExactly(fragment: Fragment): void {
    const { bytes, position } = this;
    for (let offset = 0; offset < fragment.length; offset += 1) {
      bytes[position + offset] = fragment.view.getUint8(offset);
    }
    this.position = position + fragment.length;
  }

  /** ascii writes a short ASCII string. */
  ascii(text: string): void {
    const { bytes, position } = this;
    for (let index = 0; index < text.length; index += 1) bytes[position + index] = text.charCodeAt(index);
    this.position = position + text.length;
  }

  /** utf8 reserves room for a string and writes it; what is no Unicode becomes U+FFFD. */
  utf8(text: string): void {
    this.reserve(text.length * 3);
    if (text.length > SHORT || !this.#tryAscii(text)) {
      this.position += this.bytes.write(text.toWellFormed(), this.position, 'utf8');
    }
  }

  /** For short strings a call into native code costs more than this loop. */
  #tryAscii(text: string): boolean {
    const { bytes, position } = this;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return false;
      bytes[position + index] = code;
    }
    this.position = position + text.length;
    return true;
  }

  /** written is what stands between two positions: the writer's own memory, not a copy. */
  written(from: number = 0, to: number = this.position): Uint8Array {
    return this.bytes.subarray(from, to);
  }
}

/**
 * copyWords copies `length` bytes, and up to seven more on both sides. For the few dozen bytes of a point's pieces it
 * is several times as fast as the built-in copies, which each need a view or a call: the optimizing compiler makes
 * plain 64-bit moves of it, without a bigint. All positions are below 2^31 (`requireSize`), which `| 0` tells it: it need
 * not look whether a sum still is.
 */
// More parameters than usual: an object would be made for every piece of every point.
export function copyWords(
  target: DataView,
  targetStart: number,
  source: DataView,
  start: number,
  length: number,
): void {
  const shift = (targetStart - start) | 0;
  const end = (start + length) | 0;
  for (let at = start; at < end; at = (at + 8) | 0) {
    target.setBigInt64((at + shift) | 0, source.getBigInt64(at, true), true);
  }
}

/**
 * requireSize is for memory that grows and is copied to or from.
 *
 * @throws RangeError when there are more bytes than a position can tell apart.
 */
export function requireSize(bytes: number): void {
  if (bytes > MOST_BYTES) throw new RangeError(`${bytes} bytes in one piece, expected at most ${MOST_BYTES}`);
}

/** Fragment is a short piece of encoded text that is written again and again. */
export interface Fragment {
  readonly view: DataView;
  readonly length: number;
}

/** fragmentOf makes a Fragment of a string. */
export function fragmentOf(text: string): Fragment {
  return fragmentBy((out) => out.utf8(text));
}

/** fragmentBy makes a Fragment of what is written. */
export function fragmentBy(write: (out: ByteWriter) => void): Fragment {
  const out = new ByteWriter(256);
  write(out);
  const bytes = Buffer.allocUnsafeSlow(out.position + SLACK);
  out.bytes.copy(bytes, 0, 0, out.position);
  return { view: viewOf(bytes), length: out.position };
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
