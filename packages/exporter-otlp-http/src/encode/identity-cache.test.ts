import type { Point, Series } from '@pqcnet/telemetry-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { metricOf, seriesOf, sumPoint } from '../testing/snapshot-of.ts';
import type { ByteWriter } from './byte-writer.ts';
import {
  IdentityCache,
  LABELS_ALONE,
  LABELS_FOLLOW,
  LABELS_INSIDE,
  type LabelUse,
} from './identity-cache.ts';

const metric = metricOf('counter', { name: 'c' });
const USES: readonly LabelUse[] = [LABELS_FOLLOW, LABELS_ALONE, LABELS_INSIDE];

/** What the cache should hold of a series; the same for the same series. */
function textOf(series: Series): string {
  return 'x'.repeat((series.id * 37) % 300) + series.id;
}

function useOf(series: Series): LabelUse {
  return USES[series.id % 3] ?? LABELS_FOLLOW;
}

class Encodings {
  count = 0;
  readonly encode = (out: ByteWriter, point: Point): LabelUse => {
    this.count += 1;
    out.utf8(textOf(point.series));
    return useOf(point.series);
  };
}

function readLocated(cache: IdentityCache): string {
  return Buffer.from(cache.view.buffer, cache.view.byteOffset + cache.offset, cache.length).toString();
}

/** Walks over points, and checks what is located of each. */
function walk(
  cache: IdentityCache,
  series: readonly Series[],
  encodings: Encodings,
  until: number = series.length,
): void {
  const wrong: number[] = [];
  cache.begin();
  for (const [index, each] of series.slice(0, until).entries()) {
    cache.locate(index, sumPoint(each, 1), encodings.encode);
    if (readLocated(cache) !== textOf(each) || cache.labelUse !== useOf(each)) wrong.push(index);
  }
  expect(wrong).toEqual([]);
  if (until === series.length) cache.endWalk();
  else cache.end();
}

function makeSeries(length: number): Series[] {
  return Array.from({ length }, () => seriesOf(metric));
}

test('each series is encoded once while it stays', () => {
  const cache = new IdentityCache();
  const encodings = new Encodings();
  const series = makeSeries(1000);
  for (let round = 0; round < 3; round += 1) walk(cache, series, encodings);
  expect(encodings.count).toBe(1000);
});

test('series that come and go among others are encoded once each', () => {
  const cache = new IdentityCache();
  const encodings = new Encodings();
  const first = makeSeries(300);
  walk(cache, first, encodings);
  const grown = first.flatMap((each, index) => (index % 3 === 0 ? [each, seriesOf(metric)] : [each]));
  walk(cache, grown, encodings);
  const shrunk = grown.filter((_each, index) => index % 5 !== 0);
  walk(cache, shrunk, encodings);
  walk(cache, shrunk, encodings);
  expect(encodings.count).toBe(400);
  expect(cache.size).toBe(shrunk.length);
});

test('a walk that stops early forgets nothing', () => {
  const cache = new IdentityCache();
  const encodings = new Encodings();
  const series = makeSeries(500);
  walk(cache, series, encodings);
  walk(cache, series, encodings, 100);
  walk(cache, [seriesOf(metric), ...series], encodings, 50);
  walk(cache, series, encodings);
  expect(encodings.count).toBe(501);
});

test('points that are passed over are found again later', () => {
  const cache = new IdentityCache();
  const encodings = new Encodings();
  const series = makeSeries(100);
  for (let round = 0; round < 4; round += 1) {
    cache.begin();
    for (const [index, each] of series.entries()) {
      if (index % 4 === round) cache.locate(index, sumPoint(each, 1), encodings.encode);
      else cache.skip(index, each);
    }
    cache.endWalk();
  }
  walk(cache, series, encodings);
  expect(encodings.count).toBe(100);
});

test('memory follows the series, whatever has come and gone', () => {
  const cache = new IdentityCache();
  const encodings = new Encodings();
  let series = makeSeries(2000);
  walk(cache, series, encodings);
  const { bytes } = cache;
  for (let round = 0; round < 50; round += 1) {
    // A tenth of them is replaced in each round.
    series = [...series.filter((_each, index) => index % 10 !== round % 10), ...makeSeries(200)];
    walk(cache, series, encodings);
  }
  expect(encodings.count).toBe(2000 + 50 * 200);
  expect(cache.bytes).toBeLessThan(3 * bytes);

  walk(cache, [], encodings);
  expect(cache.size).toBe(0);
  walk(cache, makeSeries(10), encodings);
  expect(cache.bytes).toBeLessThanOrEqual(bytes / 2);
});

test('identities of no bytes stay when all others have gone', () => {
  const cache = new IdentityCache();
  const kept = makeSeries(1);
  const others = makeSeries(2000);
  const encode = (out: ByteWriter, { series }: Point): LabelUse => {
    out.utf8(series === kept[0] ? '' : 'x'.repeat(300));
    return LABELS_FOLLOW;
  };
  for (const series of [[...kept, ...others], kept, kept]) {
    cache.begin();
    for (const [index, each] of series.entries()) cache.locate(index, sumPoint(each, 1), encode);
    cache.endWalk();
  }
  expect(cache).toMatchObject({ size: 1, length: 0 });
});

test('identities longer than a block are kept like others', () => {
  const cache = new IdentityCache();
  const series = makeSeries(3);
  const long = 'y'.repeat(1_000_000);
  let count = 0;
  for (let round = 0; round < 2; round += 1) {
    cache.begin();
    for (const [index, each] of series.entries()) {
      cache.locate(index, sumPoint(each, 1), (out) => {
        count += 1;
        out.utf8(long);
        return LABELS_FOLLOW;
      });
      expect(readLocated(cache)).toBe(long);
    }
    cache.endWalk();
  }
  expect(count).toBe(3);
});

test('whatever comes and goes in whatever order, each identity is its series’ own', () => {
  const pool = makeSeries(200);
  expect.hasAssertions();
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          chosen: fc.uniqueArray(fc.nat({ max: 199 }), { maxLength: 120 }),
          sorted: fc.boolean(),
          share: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        { maxLength: 12 },
      ),
      (rounds) => {
        const cache = new IdentityCache();
        const encodings = new Encodings();
        for (const { chosen, sorted, share } of rounds) {
          const order = sorted ? chosen.toSorted((one, other) => one - other) : chosen;
          const series = order.flatMap((index) => pool[index] ?? []);
          const until = share > 0.7 ? series.length : Math.floor(series.length * share);
          walk(cache, series, encodings, until);
        }
      },
    ),
    { numRuns: 200 },
  );
});
