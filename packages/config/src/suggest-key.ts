/** suggestKey finds the known key that was most likely meant, or undefined when none is near. */
export function suggestKey(unknown: string, known: readonly string[]): string | undefined {
  const given = withoutCasing(unknown);
  let nearest: string | undefined;
  // A third of the letters may be wrong; a short key may have one wrong letter or two.
  let limit = Math.max(2, Math.floor(given.length / 3));
  if (given.length <= 3) limit = 1;
  for (const key of known) {
    const distance = editDistance(given, withoutCasing(key));
    if (distance > limit) continue;
    nearest = key;
    limit = distance - 1;
  }
  return nearest;
}

function withoutCasing(key: string): string {
  // What is far longer than any key cannot be near one, and must not cost time.
  return key
    .slice(0, 64)
    .toLowerCase()
    .replaceAll(/[-_. ]/g, '');
}

/** editDistance counts the insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b`. */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = at(previous, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      let best = Math.min(replaced, at(previous, column) + 1, at(current, column - 1) + 1);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, at(beforePrevious, column - 2) + 1);
      }
      current.push(best);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
