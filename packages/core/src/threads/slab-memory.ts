/** Slabs are measured in units of 8 bytes. */
export const unitBytes = 8;

/** The first unit tells how many units are in use, itself included; 0 stands for 1. */
const usedPlace = 0;

/** Where an entry keeps what, in words; then come a row's copies, if it is a series, and then the identity. */
export const entryLayout = {
  /** How many units the entry has. */
  units: 0,
  identityBytes: 1,
  /** A series' row state. */
  state: 2,
  /** Which metric of the worker a series belongs to; −1 for the entry of a metric itself. */
  metric: 3,
  headerUnits: 2,
} as const;

/**
 * SlabMemory is a stretch of shared memory to which one worker appends entries and that the owner reads: metrics, and
 * series with their rows. An entry is there once it is among the used units, and stays where it is.
 */
export class SlabMemory {
  readonly words: Int32Array;
  readonly values: Float64Array;
  readonly bytes: Uint8Array;
  /** How many units there are. */
  readonly units: number;

  constructor(
    buffer: SharedArrayBuffer,
    range: { readonly offsetBytes: number; readonly sizeBytes: number } = {
      offsetBytes: 0,
      sizeBytes: buffer.byteLength,
    },
  ) {
    const { offsetBytes, sizeBytes } = range;
    this.words = new Int32Array(buffer, offsetBytes, sizeBytes / Int32Array.BYTES_PER_ELEMENT);
    this.values = new Float64Array(buffer, offsetBytes, sizeBytes / Float64Array.BYTES_PER_ELEMENT);
    this.bytes = new Uint8Array(buffer, offsetBytes, sizeBytes);
    this.units = Math.floor(sizeBytes / unitBytes);
  }

  get usedUnits(): number {
    return Math.max(1, Atomics.load(this.words, usedPlace));
  }

  set usedUnits(units: number) {
    Atomics.store(this.words, usedPlace, units);
  }
}
