import { expect, it } from 'vitest';
import { sendsDelta } from './temporality.ts';

it.each([
  ['counter', false, true, true],
  ['latency', false, true, true],
  ['histogram', false, true, true],
  ['observed-counter', false, true, false],
  ['up-down-counter', false, false, false],
  ['observed-up-down-counter', false, false, false],
] as const)(
  'sends of a %s what is new: cumulative %s, delta %s, low-memory %s',
  (kind, cumulative, delta, low) => {
    expect(sendsDelta(kind, 'cumulative')).toBe(cumulative);
    expect(sendsDelta(kind, 'delta')).toBe(delta);
    expect(sendsDelta(kind, 'low-memory')).toBe(low);
  },
);
