/** AGGREGATION_TEMPORALITY holds the numbers of OTLP's enumeration. */
export const AGGREGATION_TEMPORALITY = { delta: 1, cumulative: 2 } as const;
