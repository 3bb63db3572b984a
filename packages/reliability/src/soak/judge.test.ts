import { describe, expect, it } from 'vitest';
import { type HeapSample, checkAccount, checkSums, fitHeap, judgeHeap } from './judge.ts';

const amounts = { recorded: 10n, accepted: 6n, pending: 0n, rejected: 1n, dropped: 0n, unattributed: 3n };
const account = { ...amounts, byName: new Map([['c', amounts]]) };
const sums = { byName: new Map([['c', 9n]]), rejectedButTaken: 0n, violations: [] };
const goodness = (findings: readonly { readonly isGood: boolean }[]): boolean[] =>
  findings.map(({ isGood }) => isGood);

function at(usedMiB: (minutes: number) => number): HeapSample[] {
  return Array.from({ length: 20 }, (_, minutes) => ({ minutes, usedMiB: usedMiB(minutes) }));
}

describe('the heap', () => {
  it('is judged by its second half', () => {
    const trend = fitHeap(at((minutes) => (minutes < 10 ? minutes * 10 : 100)));
    expect(trend).toMatchObject({ samples: 10, meanMiB: 100, slopeMiB: 0, growth: 0 });
    expect(judgeHeap(trend).isGood).toBe(true);
  });

  it('is found to rise', () => {
    const trend = fitHeap(at((minutes) => 100 + minutes));
    expect(trend.slopeMiB).toBeCloseTo(1);
    expect(judgeHeap(trend).isGood).toBe(false);
  });

  it('may fall', () => {
    expect(judgeHeap(fitHeap(at((minutes) => 100 - minutes))).isGood).toBe(true);
  });

  it('is not judged by a single sample', () => {
    expect(judgeHeap(fitHeap([{ minutes: 1, usedMiB: 1 }])).isGood).toBe(false);
  });
});

describe('an account', () => {
  it('is good when it agrees with the tally and with itself', () => {
    expect(goodness(checkAccount(account, new Map([['c', 10n]])))).toEqual([true, true]);
  });

  it('is found to disagree with the tally', () => {
    expect(goodness(checkAccount(account, new Map([['c', 11n]])))).toEqual([false, true]);
  });

  it('is found not to balance', () => {
    const unbalanced = { ...account, accepted: 7n };
    expect(goodness(checkAccount(unbalanced, new Map([['c', 10n]])))).toEqual([true, false]);
  });
});

describe('the sums of a collector', () => {
  it('are all that was accepted or taken in part, for deltas', () => {
    expect(goodness(checkSums(account, sums, 'delta'))).toEqual([true, true, true]);
    expect(goodness(checkSums(account, sums, 'cumulative'))).toEqual([true, false, true]);
  });

  it('are all that was recorded, for running totals', () => {
    const all = { ...sums, byName: new Map([['c', 10n]]) };
    expect(goodness(checkSums(account, all, 'cumulative'))).toEqual([true, true, true]);
    expect(goodness(checkSums(account, all, 'delta'))).toEqual([true, false, true]);
  });

  it('are not good with something pending, or a window that overlaps', () => {
    const wrong = { ...sums, violations: ['c has a window that overlaps another'] };
    expect(goodness(checkSums({ ...account, pending: 1n }, wrong, 'delta'))).toEqual([false, true, false]);
  });
});
