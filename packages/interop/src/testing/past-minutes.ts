/** pastMinute is the beginning of a minute in the past: many flushes from then on need no waiting. */
export function pastMinute(minutesAgo: number): number {
  return (Math.floor(Date.now() / 60_000) - minutesAgo) * 60_000;
}
