/** Requests are not made smaller than this for good: a receiver that finds even these too large has other reasons. */
const LEAST_BYTES = 65_536;
/** Nor larger than this, whatever is configured: what encodes them tells positions up to 2^31 apart. */
const MOST_BYTES: number = 2 ** 30;
/** After how many exports the configured size is tried again. */
const REMEMBERED_EXPORTS = 100;

/**
 * RequestSize is how large requests are made: up to the configured size, and for the next hundred exports no more than
 * half of what a receiver found too large, 64 KiB at least. A receiver with a lower limit than configured so refuses one
 * request in a hundred exports, not one in each.
 */
export class RequestSize {
  readonly #configuredBytes: number;
  #bytes: number;
  #exportsLeft = 0;

  constructor(configuredBytes: number) {
    this.#configuredBytes = Math.min(configuredBytes, MOST_BYTES);
    this.#bytes = this.#configuredBytes;
  }

  /** The size that a request of several points may have, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** beginExport counts the exports. */
  beginExport(): void {
    if (this.#exportsLeft === 0) this.#bytes = this.#configuredBytes;
    else this.#exportsLeft -= 1;
  }

  /** halve is told that a request was too large, and says whether it makes smaller ones from now on. */
  halve(tooLargeBytes: number): boolean {
    if (tooLargeBytes <= LEAST_BYTES) return false;
    this.#bytes = Math.max(LEAST_BYTES, Math.floor(tooLargeBytes / 2));
    this.#exportsLeft = REMEMBERED_EXPORTS;
    return true;
  }
}
