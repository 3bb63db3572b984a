/** Where a gauge's row keeps what. */
export const gaugeRow = {
  value: 0,
  /** When it was set, in milliseconds since the Unix epoch. */
  unixMs: 1,
  /** How often it was set. */
  sets: 2,
} as const;

export const emptyGaugeRow: readonly number[] = [0, 0, 0];
