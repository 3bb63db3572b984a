/** Summary is what many rounds come to: the median, and where the middle 80 % of them lie. */
export interface Summary {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
  readonly rounds: number;
}

/** summarize sorts the figures of all rounds. Throws for none, or for one that is no number. */
export function summarize(figures: readonly number[]): Summary {
  if (figures.length === 0 || figures.some((figure) => Number.isNaN(figure))) {
    throw new RangeError(`expected figures, found [${figures.join(', ')}]`);
  }
  const sorted = figures.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    p10: quantile(sorted, 0.1),
    p90: quantile(sorted, 0.9),
    rounds: sorted.length,
  };
}

/** quantile gives the value at the share `q` of sorted figures, linear between two of them. */
export function quantile(sorted: readonly number[], q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low === high ? low : low + (high - low) * (position - below);
}
