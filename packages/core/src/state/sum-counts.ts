/** sumCounts gives the sum of the counts from one place to before another; exact while it is a safe integer. */
// Parameters without a name: called for every row of a snapshot.
export function sumCounts(counts: Uint32Array | Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let place = from; place < to; place++) sum += counts[place] as number;
  return sum;
}
