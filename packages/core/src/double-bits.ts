/**
 * The bits of a double. Writing to `double[0]` makes `halves[highHalf]` its sign, exponent and first 20 bits of
 * significand, `halves[lowHalf]` the rest; and the other way round.
 */
export const double: Float64Array = new Float64Array(1);
export const halves: Uint32Array = new Uint32Array(double.buffer);

export const exponentBias = 1023;
/** The high half of a double between 1 and 2, without its significand. */
export const highOfOne: number = exponentBias << 20;

// Which half comes first in memory is the machine's.
double[0] = 1;
export const highHalf: number = halves[1] === highOfOne ? 1 : 0;
export const lowHalf: number = 1 - highHalf;
