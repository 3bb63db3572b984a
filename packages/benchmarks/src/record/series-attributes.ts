/** TwoAttributes is what a series is told by in most rows. */
// A type alias, not an interface: only that goes where any attributes do.
export type TwoAttributes = {
  readonly chain: string;
  readonly account: string;
};

/** makeSeries gives so many different pairs of attributes, their strings made at run time as a service's are. */
export function makeSeries(series: number): TwoAttributes[] {
  return Array.from({ length: series }, (_, i) => ({
    chain: ['chain', i % 50].join('-'),
    account: ['account', i].join('-'),
  }));
}
