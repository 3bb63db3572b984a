import { expect, it } from 'vitest';
import { type Partial, Partials, partialsAtOnce } from './partials.ts';

/** Partials of so many values each that note when they are folded. */
function recording(folded: number[], values = 2): (index: number) => Partial {
  return (index) => ({
    fold() {
      folded.push(index);
      return values;
    },
  });
}

function indexes(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

it('folds those first that came first, some at once', () => {
  const partials = new Partials();
  const folded: number[] = [];
  const make = recording(folded);
  for (const index of indexes(0, 300)) partials.add(make(index));
  partials.foldSome();
  expect(folded).toEqual(indexes(0, partialsAtOnce));
  for (const index of indexes(300, 400)) partials.add(make(index));
  expect(partials.length).toBe(400 - partialsAtOnce);
  partials.foldSome();
  partials.fold();
  expect(folded).toEqual(indexes(0, 400));
  expect(partials.length).toBe(0);
});

it('never holds 2^15, and folds but a few for one more', () => {
  const partials = new Partials();
  const folded: number[] = [];
  const make = recording(folded);
  for (let index = 0; index < 100_000; index++) {
    const before = folded.length;
    partials.add(make(index));
    if (partials.length >= 2 ** 15 || folded.length - before > partialsAtOnce)
      expect.unreachable(`${partials.length} after ${folded.length - before} were folded`);
  }
  expect(folded).toEqual(indexes(0, folded.length));
  partials.fold();
  expect(folded).toEqual(indexes(0, 100_000));
});

it.each([
  { values: 1, most: 2 ** 12 },
  { values: 2, most: 2 ** 15 },
])('keeps $most waiting where each has $values', ({ values, most }) => {
  const partials = new Partials();
  const make = recording([], values);
  for (let round = 0; round < 2; round++) {
    for (const index of indexes(0, 2 ** 15 - 1)) partials.add(make(index));
    expect(partials.length).toBe(2 ** 15 - 1);
    for (const index of indexes(0, 2 ** 15)) partials.add(make(index));
    expect(partials.length).toBeGreaterThanOrEqual(most - partialsAtOnce);
    expect(partials.length).toBeLessThan(most);
    partials.fold();
  }
});

it('does not take the last few of those that have waited longest for a sample', () => {
  const partials = new Partials();
  const make = recording([]);
  for (const index of indexes(0, partialsAtOnce + 44)) partials.add(make(index));
  partials.foldSome();
  for (const index of indexes(0, 2 ** 16)) partials.add(make(index));
  expect(partials.length).toBeGreaterThanOrEqual(2 ** 15 - partialsAtOnce);
});

it('folds each once when folding one has all folded', () => {
  const partials = new Partials();
  const folded: number[] = [];
  const make = recording(folded);
  partials.add({
    fold() {
      folded.push(-1);
      partials.fold();
      return 1;
    },
  });
  for (const index of indexes(0, 600)) partials.add(make(index));
  partials.foldSome();
  expect(partials.length).toBe(0);
  expect(folded.toSorted((a, b) => a - b)).toEqual(indexes(-1, 600));
});

it('takes so many first values at once since the last fold', () => {
  const partials = new Partials();
  for (let round = 0; round < 3; round++) {
    expect(partials.folds).toBe(round);
    let atOnce = 0;
    while (partials.takesAtOnce()) atOnce += 1;
    expect(atOnce).toBe(2 ** 14);
    expect(partials.takesAtOnce()).toBe(false);
    partials.foldSome();
    expect(partials.takesAtOnce()).toBe(false);
    partials.fold();
  }
});
