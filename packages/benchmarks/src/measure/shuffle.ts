/** makeRandom makes a generator of whole numbers from 0 to 2^32 − 1, always the same for a seed (mulberry32). */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** shuffle puts the elements into a random order, in place. */
export function shuffle<T>(elements: T[], random: () => number): T[] {
  for (let i = elements.length - 1; i > 0; i -= 1) {
    const j = random() % (i + 1);
    [elements[i], elements[j]] = [elements[j] as T, elements[i] as T];
  }
  return elements;
}
