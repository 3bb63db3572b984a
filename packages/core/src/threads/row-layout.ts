/** Where a copy of a sum's row keeps what. The sum is high × 2^53 + low, both of its sign, |low| < 2^53. */
export const sumLayout = { low: 0, high: 1, width: 2 } as const;

/** What one unit of the high number of a sum stands for. */
export const highUnit: bigint = 2n ** 53n;

/** Where a copy of a gauge's row keeps what: the last value, when it was set (Unix milliseconds), how often it was. */
export const gaugeLayout = { value: 0, unixMs: 1, sets: 2, width: 3 } as const;

/** Where a copy of a histogram's row keeps what: the counts of its buckets follow. */
export const momentsLayout = { sum: 0, min: 1, max: 2, buckets: 3 } as const;

/**
 * Where a copy of an exponential histogram's row keeps what: room for the counts of 160 buckets follows, and of 160
 * more for values below 0 if there can be any.
 */
export const exponentialLayout = {
  sum: 0,
  min: 1,
  max: 2,
  scale: 3,
  zeroCount: 4,
  positiveOffset: 5,
  positiveLength: 6,
  negativeOffset: 7,
  negativeLength: 8,
  positive: 9,
  negative: 169,
} as const;

/** RowShape is what decides how long a row is. */
export interface RowShape {
  readonly aggregation: 'sum' | 'gauge' | 'histogram' | 'exponential-histogram';
  /** How many buckets a histogram has. */
  readonly buckets: number;
  /** Whether an exponential histogram can hold values below 0. */
  readonly isSigned: boolean;
}

/** widthOf is how many numbers a copy of a row has. */
export function widthOf({ aggregation, buckets, isSigned }: RowShape): number {
  switch (aggregation) {
    case 'sum':
      return sumLayout.width;
    case 'gauge':
      return gaugeLayout.width;
    case 'histogram':
      return momentsLayout.buckets + buckets;
    case 'exponential-histogram':
      return isSigned ? exponentialLayout.negative + 160 : exponentialLayout.negative;
  }
}
