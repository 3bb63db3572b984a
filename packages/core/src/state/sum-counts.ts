/**
 * sumCounts gives the sum of the counts from one place to before another; exact while it is a safe integer. Four sums side
 * by side: an addition waits for the last one.
 */
// Parameters without a name: called for every row of a snapshot.
export function sumCounts(counts: Uint32Array | Float64Array, from: number, to: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let place = from;
  for (; place + 4 <= to; place += 4) {
    a += counts[place] as number;
    b += counts[place + 1] as number;
    c += counts[place + 2] as number;
    d += counts[place + 3] as number;
  }
  for (; place < to; place++) a += counts[place] as number;
  return a + b + c + d;
}
