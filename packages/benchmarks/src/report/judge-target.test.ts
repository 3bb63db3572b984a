import { expect, test } from 'vitest';
import { summarize } from '../measure/summarize.ts';
import type { Contender, Figure, Target } from '../row.ts';
import { describeTarget, judge } from './judge-target.ts';

function figure(contender: Contender, median: number): Figure {
  return { contender, summary: summarize([median]) };
}

const cases: readonly { target: Target; own: number; others: number; ratio: number; isMet: boolean }[] = [
  { target: { kind: 'times', atLeast: 15 }, own: 2, others: 30, ratio: 15, isMet: true },
  { target: { kind: 'times', atLeast: 15 }, own: 2.1, others: 30, ratio: 30 / 2.1, isMet: false },
  { target: { kind: 'share', atMost: 0.45 }, own: 45, others: 100, ratio: 100 / 45, isMet: true },
  { target: { kind: 'share', atMost: 0.45 }, own: 46, others: 100, ratio: 100 / 46, isMet: false },
  {
    target: { kind: 'multiple', of: 'idle process', atMost: 8 },
    own: 24,
    others: 1,
    ratio: 1 / 24,
    isMet: true,
  },
  {
    target: { kind: 'multiple', of: 'idle process', atMost: 8 },
    own: 25,
    others: 1,
    ratio: 1 / 25,
    isMet: false,
  },
  { target: { kind: 'limit', atMost: 2 }, own: 2, others: 1, ratio: 0.5, isMet: true },
  { target: { kind: 'limit', atMost: 2 }, own: 2.5, others: 1, ratio: 0.4, isMet: false },
  { target: { kind: 'above-idle', atMost: 5 }, own: 8, others: 80, ratio: 10, isMet: true },
  { target: { kind: 'above-idle', atMost: 5 }, own: 8.1, others: 81, ratio: 10, isMet: false },
];

test.each(cases)('judges $own against $others by $target', ({ target, own, others, ratio, isMet }) => {
  const figures = [
    figure('@pqcnet/telemetry', own),
    figure('OpenTelemetry JS', others),
    figure('idle process', 3),
  ];
  const verdict = judge({ figures, target });
  expect(verdict.ratio).toBeCloseTo(ratio, 10);
  expect(verdict.isMet).toBe(isMet);
});

test('has no ratio to nothing, and no verdict where nothing is asked', () => {
  const figures = [figure('@pqcnet/telemetry', 0), figure('OpenTelemetry JS', 104)];
  expect(judge({ figures })).toEqual({ ratio: undefined, isMet: undefined });
  expect(judge({ figures, target: { kind: 'limit', atMost: 0 } })).toEqual({
    ratio: undefined,
    isMet: true,
  });
});

test.each<{ target: Target; says: string }>([
  { target: { kind: 'times', atLeast: 15, aim: 25 }, says: '≥ 15 × (aim 25)' },
  { target: { kind: 'share', atMost: 0.45 }, says: '≤ 45 %' },
  { target: { kind: 'multiple', of: 'bare number', atMost: 8, aim: 4 }, says: '≤ 8 × bare number (aim 4)' },
  { target: { kind: 'limit', atMost: 0 }, says: '≤ 0 B' },
  { target: { kind: 'above-idle', atMost: 5 }, says: '≤ idle + 5 B' },
])('says $says', ({ target, says }) => {
  expect(describeTarget(target, 'B/call')).toBe(says);
});
