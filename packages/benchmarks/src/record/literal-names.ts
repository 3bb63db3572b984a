/**
 * literalNames gives so many names as a program has them in its text: V8 keeps one copy of each such string. One that is
 * put together while the program runs can stay another copy, by the chance of when garbage is collected, and is then
 * compared by its characters.
 */
export function literalNames(prefix: string, length: number): string[] {
  // The keys of an object are such strings.
  return Object.keys(Object.fromEntries(Array.from({ length }, (_, i) => [`${prefix}.${i}`, i])));
}
