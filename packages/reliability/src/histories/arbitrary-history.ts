import type { ScriptStep } from '@pqcnet/telemetry-test-collector';
import fc from 'fast-check';

/** Act is one thing that happens in a history. */
type Act =
  | { readonly act: 'count'; readonly series: string; readonly amount: number }
  | { readonly act: 'measure'; readonly series: string; readonly amount: number }
  /** The next requests, whenever they come, meet these. */
  | { readonly act: 'break'; readonly faults: readonly ScriptStep[] }
  /** `isPatient`: tries until it is delivered or refused for good. `during` is recorded while it is under way. */
  | { readonly act: 'flush'; readonly isPatient: boolean; readonly during: readonly number[] }
  | { readonly act: 'pass'; readonly ms: number }
  | { readonly act: 'step-the-clock'; readonly ms: number };

/** History is what happens, and how large a request the collector takes. */
export interface History {
  readonly acts: readonly Act[];
  readonly maxBodyBytes: number;
}

const status = (...statuses: number[]): fc.Arbitrary<ScriptStep> =>
  fc.record({ do: fc.constant('answer' as const), status: fc.constantFrom(...statuses) });

const fault: fc.Arbitrary<ScriptStep> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<ScriptStep>({ do: 'accept' }) },
  // Failures that may pass; the data may have been taken all the same.
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      status: fc.constantFrom(429, 502, 503, 504),
      store: fc.boolean(),
      retryAfter: fc.constantFrom(0, 'soon', 1, 400),
    }),
  },
  { weight: 2, arbitrary: status(401, 403, 404, 405, 407) },
  { weight: 1, arbitrary: status(400, 408, 422, 500) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('partial-success' as const),
      rejected: fc.constantFrom(0, 1, 2, 1000),
      message: fc.constantFrom('', 'too old'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.oneof(
      fc.constant<ScriptStep>({ do: 'reset', when: 'before-body' }),
      fc.constant<ScriptStep>({ do: 'reset', when: 'during-body' }),
      fc.record({
        do: fc.constant('reset' as const),
        when: fc.constant('after-body' as const),
        store: fc.boolean(),
      }),
    ),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('never-answer' as const), store: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<ScriptStep>(
      { do: 'html', store: false },
      { do: 'garbage' },
      { do: 'redirect', status: 307, location: 'http://127.0.0.1:1/' },
      { do: 'answer', status: 204 },
    ),
  },
);

/** Longer than any backoff, so that what is left of a wait is nothing or long. */
const passes = fc.constantFrom(40_000, 60_000);

const amount = fc.integer({ min: 0, max: 1000 });
const series = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ act: fc.constant('count' as const), series, amount }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('measure' as const), series, amount }) },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('break' as const),
      faults: fc.array(fault, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('flush' as const),
      isPatient: fc.boolean(),
      during: fc.array(amount, { maxLength: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant('pass' as const), ms: passes }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('step-the-clock' as const),
      ms: fc.constantFrom(-3_600_000, -1, 1, 3_600_000),
    }),
  },
);

/** arbitraryHistory makes histories of so many acts at most. */
export function arbitraryHistory(maxLength: number): fc.Arbitrary<History> {
  return fc.record({
    acts: fc.array(act, { maxLength, size: 'max' }),
    maxBodyBytes: fc.constantFrom(Infinity, Infinity, 2500, 1200),
  });
}
