import { expect, test } from 'vitest';
import { quantile, summarize } from './summarize.ts';

test.each([
  { figures: [5], median: 5, p10: 5, p90: 5 },
  { figures: [3, 1, 2], median: 2, p10: 1.2, p90: 2.8 },
  { figures: [4, 1, 3, 2], median: 2.5, p10: 1.3, p90: 3.7 },
  { figures: Array.from({ length: 101 }, (_, i) => 100 - i), median: 50, p10: 10, p90: 90 },
])('gives $median for $figures', ({ figures, median, p10, p90 }) => {
  const summary = summarize(figures);
  expect(summary.median).toBeCloseTo(median, 10);
  expect(summary.p10).toBeCloseTo(p10, 10);
  expect(summary.p90).toBeCloseTo(p90, 10);
  expect(summary.rounds).toBe(figures.length);
});

test('leaves the figures in their order', () => {
  const figures = [3, 1, 2];
  summarize(figures);
  expect(figures).toEqual([3, 1, 2]);
});

test.each([{ figures: [] }, { figures: [1, Number.NaN] }])('refuses $figures', ({ figures }) => {
  expect(() => summarize(figures)).toThrow(RangeError);
});

test('goes linearly between two figures', () => {
  expect(quantile([0, 10], 0.25)).toBe(2.5);
});
