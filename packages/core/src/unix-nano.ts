/** unixNanoOf gives a time in milliseconds since the Unix epoch in nanoseconds, to the digit. */
export function unixNanoOf(unixMs: number): bigint {
  const wholeMs = Math.floor(unixMs);
  return BigInt(wholeMs) * 1_000_000n + BigInt(Math.round((unixMs - wholeMs) * 1e6));
}
