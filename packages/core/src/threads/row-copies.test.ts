import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ExplicitBounds } from '../state/explicit-bounds.ts';
import { gaugeLayout, highUnit, momentsLayout, sumLayout } from './row-layout.ts';
import { SharedBuckets } from './shared-buckets.ts';
import { SharedExponential, readBuckets } from './shared-exponential.ts';
import { SharedGauge } from './shared-gauge.ts';
import { SharedSum } from './shared-sum.ts';
import { SlabMemory } from './slab-memory.ts';
import { SlabReader } from './slab-reader.ts';
import { SlabWriter } from './slab-writer.ts';

afterEach(() => vi.restoreAllMocks());

/** A row as its worker and as the owner sees it. */
function makeRow<R>(width: number, make: (place: ReturnType<SlabWriter['addSeries']>) => R) {
  const buffer = new SharedArrayBuffer(2 ** 16);
  const writer = new SlabWriter(new SlabMemory(buffer), () => {});
  const row = make(writer.addSeries('', { metric: writer.addMetric('{}'), width }));
  const reader = new SlabReader(new SlabMemory(buffer));
  const entry = [...reader.newEntries()].at(-1);
  return {
    row,
    /** Takes, and gives what is read there once the worker went on. */
    takeAndRead(goOn: () => void): number[] {
      const at = reader.take(entry?.unit ?? 0, width);
      goOn();
      return [...reader.values.subarray(at, at + width)];
    },
    /** What the owner takes: the numbers of the copy, or nothing. */
    take(): number[] | undefined {
      const at = reader.take(entry?.unit ?? 0, width);
      return at < 0 ? undefined : [...reader.values.subarray(at, at + width)];
    },
  };
}

const bounds = [1, 2, 5];
const range = { smallest: -(2n ** 63n), largest: 2n ** 64n - 1n };

const sum = () => makeRow(sumLayout.width, (place) => new SharedSum(place));
const buckets = () =>
  makeRow(momentsLayout.buckets + 4, (place) => new SharedBuckets(place, new ExplicitBounds(bounds)));

function add(row: SharedSum, delta: number | bigint): void {
  if (!row.tryAdd(delta)) expect(row.add(delta, range)).toBe('added');
}

function sumOf(taken: number[] | undefined): bigint {
  const [low = 0, high = 0] = taken ?? [];
  return BigInt(high) * highUnit + BigInt(low);
}

describe('a sum', () => {
  it('is taken whole, and once, whenever the owner takes', () => {
    const delta = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.bigInt({ min: 0n, max: 2n ** 58n }));
    fc.assert(
      fc.property(fc.array(fc.oneof(delta, fc.constant('take' as const)), { maxLength: 30 }), (steps) => {
        const { row, take } = sum();
        let open = 0n;
        for (const step of steps) {
          if (step === 'take') {
            const taken = take();
            expect(taken === undefined ? 0n : sumOf(taken)).toBe(open);
            open = 0n;
          } else {
            add(row, step);
            open += BigInt(step);
          }
        }
        expect(sumOf(take())).toBe(open);
        expect(take()).toBeUndefined();
      }),
    );
  });

  it('holds 2^64 − 1, and no more', () => {
    const { row, take } = sum();
    add(row, 2n ** 64n - 2n);
    add(row, 1);
    expect(row.tryAdd(1)).toBe(false);
    expect(row.add(1, range)).toBe('overflow');
    expect(sumOf(take())).toBe(2n ** 64n - 1n);
    add(row, 1);
    expect(sumOf(take())).toBe(1n);
  });
});

describe('explicit buckets', () => {
  it('hold, whenever they are taken, the records since the last time, and nothing of others', () => {
    const value = fc.integer({ min: -3, max: 9 });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(value, value, fc.constant('take' as const)), { maxLength: 40 }),
        (steps) => {
          const { row, take } = buckets();
          let open: number[] = [];
          const look = (): void => {
            expect(take()).toEqual(open.length === 0 ? undefined : expected(open));
            open = [];
          };
          for (const step of steps) {
            if (step === 'take') look();
            else {
              expect(row.record(step)).toBe(true);
              open.push(step);
            }
          }
          look();
        },
      ),
    );
  });
});

it('exponential buckets hold, whenever they are taken, the records since the last time', () => {
  const value = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.constantFrom(1e-9, 1e9, 0, 2 ** 200));
  fc.assert(
    fc.property(
      fc.array(fc.oneof(value, value, fc.constant('take' as const)), { maxLength: 40 }),
      (steps) => {
        const { row, take } = makeRow(329, (place) => new SharedExponential(place));
        let open: number[] = [];
        const look = (): void => {
          const taken = take();
          if (open.length === 0) expect(taken).toBeUndefined();
          else {
            const { zeroCount, positive, negative } = readBuckets(Float64Array.from(taken ?? []), 0);
            expect(zeroCount).toBe(open.filter((each) => each === 0).length);
            expect(total(positive.counts)).toBe(open.filter((each) => each > 0).length);
            expect(total(negative.counts)).toBe(open.filter((each) => each < 0).length);
            expect(taken?.slice(0, 3)).toEqual([total(open), Math.min(...open), Math.max(...open)]);
          }
          open = [];
        };
        for (const step of steps) {
          if (step === 'take') look();
          else {
            expect(row.record(step)).toBe(true);
            open.push(step);
          }
        }
        look();
      },
    ),
  );
});

it('a gauge holds the value that was set last, and how often it was since it was taken', () => {
  const { row, take } = makeRow(gaugeLayout.width, (place) => new SharedGauge(place));
  row.set(1, 100);
  row.set(2, 200);
  expect(take()).toEqual([2, 200, 2]);
  expect(take()).toBeUndefined();
  row.set(3, 300);
  expect(take()).toEqual([3, 300, 1]);
});

it('leaves what was taken as it was, however much is recorded while the owner reads', () => {
  const { row, take, takeAndRead } = buckets();
  for (let round = 0; round < 4; round++) {
    row.record(round);
    row.record(round);
    const goOn = (): void => {
      for (let i = 0; i < 5; i++) row.record(9);
    };
    expect(takeAndRead(goOn)).toEqual(expected([round, round]));
    expect(take()).toEqual(expected([9, 9, 9, 9, 9]));
  }
});

describe('a worker that is stopped', () => {
  it.each([
    // One that finds the last copy taken exchanges a second time: that is what counts.
    { which: 'first', exchanges: 2, before: undefined, after: [1, 1, 1, 1, 0, 0, 0] },
    { which: 'second', exchanges: 1, before: [3, 3, 3, 0, 0, 1, 0], after: [4, 1, 3, 1, 0, 1, 0] },
    { which: 'first after a take', exchanges: 2, before: undefined, after: [1, 1, 1, 1, 0, 0, 0] },
  ])('in its $which record leaves all of it or nothing', ({ which, exchanges, before, after }) => {
    for (const moment of ['before', 'after'] as const) {
      const { row, take } = buckets();
      if (which !== 'first') row.record(3);
      if (which === 'first after a take') take();
      stopAt(exchanges, moment);
      expect(() => row.record(1)).toThrow('stopped');
      vi.restoreAllMocks();
      expect(take()).toEqual(moment === 'before' ? before : after);
    }
  });
});

/** What a row of explicit buckets holds. */
function expected(values: readonly number[]): number[] {
  const counts = [0, 0, 0, 0];
  for (const value of values) {
    const bucket = bounds.findIndex((bound) => value <= bound);
    counts[bucket < 0 ? 3 : bucket] = (counts[bucket < 0 ? 3 : bucket] as number) + 1;
  }
  return [total(values), Math.min(...values), Math.max(...values), ...counts];
}

/** Ends the worker just before or after an exchange. */
function stopAt(number: number, moment: 'before' | 'after'): void {
  const { compareExchange } = Atomics;
  let exchanges = 0;
  vi.spyOn(Atomics, 'compareExchange').mockImplementation((...args: unknown[]) => {
    exchanges += 1;
    const run = (): never => Reflect.apply(compareExchange, Atomics, args) as never;
    if (exchanges < number) return run();
    if (moment === 'after') run();
    throw new Error('stopped');
  });
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
