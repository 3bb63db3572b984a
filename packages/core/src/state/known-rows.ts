/**
 * KnownRows leads from numbers that mostly follow one another to rows, as far as there is room: for who has another way
 * to what is not here. By the low bits of a number: row + 1 in as many bits, and above them the other bits of the number;
 * 0 where nothing is. The length is a power of two.
 */
export type KnownRows = Int32Array;

const mostSlots = 8192;
/** Where two numbers come to the same slot, there are to be so many slots for each row before one goes. */
const slotsPerRow = 4;
/** Rows from here on have no place. */
export const mostRowsKnown: number = mostSlots - 1;

/** No rows: not to be written to. */
export const noRows: KnownRows = new Int32Array(1);

/** The row of a number; −1 when it is not known. */
export function knownRow(known: KnownRows, number: number): number {
  const mask = known.length - 1;
  const entry = known[number & mask] as number;
  return ((entry ^ number) & ~mask) === 0 ? (entry & mask) - 1 : -1;
}

/** withRow makes the row of a number known that is one of so many rows, in the same array or a larger one. */
export function withRow(
  known: KnownRows,
  { number, row, rows }: { readonly number: number; readonly row: number; readonly rows: number },
): KnownRows {
  const { length } = known;
  const mask = length - 1;
  const isTaken = known[number & mask] !== 0;
  if (row >= mask || (isTaken && length < slotsPerRow * rows && length < mostSlots))
    return withRow(twiceAsLarge(known), { number, row, rows });
  known[number & mask] = (number & ~mask) | (row + 1);
  return known;
}

function twiceAsLarge(known: KnownRows): KnownRows {
  const mask = known.length - 1;
  const larger = new Int32Array(2 * known.length);
  const largerMask = larger.length - 1;
  for (const [low, entry] of known.entries()) {
    if (entry === 0) continue;
    const number = (entry & ~mask) | low;
    larger[number & largerMask] = (number & ~largerMask) | (entry & mask);
  }
  return larger;
}
