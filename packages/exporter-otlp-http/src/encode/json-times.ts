import { ByteWriter, type Fragment, fragmentOf } from './byte-writer.ts';
import { writeUnsigned64 } from './write-decimal.ts';

/** MOST_TIMES_BYTES is how long the text of a point's times can be: two numbers of twenty digits and two keys. */
export const MOST_TIMES_BYTES = 128;
/** NO_VERSION is what no times ever have as their version. */
export const NO_VERSION = -1;

const BEHIND_START: Fragment = fragmentOf('","timeUnixNano":"');
/** How many versions there have been. */
let versions = 0;

/** JsonTimes is the text of a point's start and time, from the digits of the first to the start of what comes next. */
export class JsonTimes {
  readonly text: ByteWriter = new ByteWriter(MOST_TIMES_BYTES);
  /** A number that no other text has had. */
  version: number = NO_VERSION;
  readonly #behindTime: Fragment;
  /** The time of the snapshot and what comes next. */
  readonly #time = new ByteWriter(MOST_TIMES_BYTES);
  #start = -1n;

  constructor(next: string) {
    this.#behindTime = fragmentOf(next);
  }

  beginSnapshot(timeUnixNano: bigint): void {
    const time = this.#time;
    time.position = 0;
    writeUnsigned64(time, timeUnixNano);
    time.fragment(this.#behindTime);
    this.#start = -1n;
  }

  /** from makes it the times of a point that began then: most began in the same moment as the one before. */
  from(start: bigint): this {
    if (start !== this.#start) {
      const { text } = this;
      text.position = 0;
      writeUnsigned64(text, start);
      text.fragment(BEHIND_START);
      this.#setTime();
      this.#start = start;
    }
    return this;
  }

  /** withoutStart makes it the time of a point that says nothing of a start. */
  withoutStart(): this {
    this.text.position = 0;
    this.#setTime();
    return this;
  }

  #setTime(): void {
    this.text.copy(this.#time.view, 0, this.#time.position);
    this.version = versions;
    versions += 1;
  }
}
