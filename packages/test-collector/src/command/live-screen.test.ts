import { expect, test } from 'vitest';
import { counterBody, metricBody } from '../testing/metrics-body.ts';
import { decodeJson } from '../decode-json.ts';
import type { ExportMetricsServiceRequest } from '../decoded-request.ts';
import { flattenMetrics } from '../flatten-metrics.ts';
import type { MetricPoint } from '../metric-point.ts';
import type { ReceivedRequest } from '../received-request.ts';
import { drawTable } from './draw-table.ts';
import { SeriesFold } from './fold-series.ts';
import { LiveScreen } from './live-screen.ts';

function pointsOf(body: object): readonly MetricPoint[] {
  const message = decodeJson(
    'ExportMetricsServiceRequest',
    JSON.stringify(body),
  ) as ExportMetricsServiceRequest;
  const request: Partial<ReceivedRequest> = { decoded: { signal: 'metrics', message } };
  return flattenMetrics(request as ReceivedRequest);
}

function fold(...bodies: readonly object[]): SeriesFold {
  const series = new SeriesFold();
  for (const point of bodies.flatMap(pointsOf)) series.add(point);
  return series;
}

const histogram = (count: number, time: number): object =>
  metricBody({
    name: 'pipeline',
    unit: 'ms',
    histogram: {
      aggregationTemporality: 1,
      dataPoints: [
        {
          startTimeUnixNano: time - 1,
          timeUnixNano: time,
          count,
          sum: 5,
          min: 2,
          max: 8,
          bucketCounts: [count, 0],
          explicitBounds: [10],
        },
      ],
    },
  });

test('keeps running totals of delta and cumulative series in one state each', () => {
  const delta = { temporality: 1 };
  const series = fold(
    counterBody('delta', [{ value: 3n, start: 1, time: 2 }], delta),
    counterBody('delta', [{ value: 4n, start: 2, time: 3 }], delta),
    counterBody('cumulative', [{ value: 3n, start: 1, time: 2 }]),
    counterBody('cumulative', [{ value: 7n, start: 1, time: 3 }]),
    counterBody('cumulative', [{ value: 2n, start: 5, time: 6 }]),
    counterBody('seconds', [{ value: 0.5, start: 1, time: 2 }], delta),
    counterBody('seconds', [{ value: 0.25, start: 2, time: 3 }], delta),
    counterBody('depth', [{ value: 5n, start: 1, time: 2 }], { monotonic: false }),
    counterBody('depth', [{ value: 4n, start: 1, time: 3 }], { monotonic: false }),
    metricBody({ name: 'heap', gauge: { dataPoints: [{ asDouble: 1.5 }] } }),
    histogram(2, 2),
    histogram(3, 3),
  );
  expect(series.states().map(({ latest, value }) => [latest.name, value])).toEqual([
    ['delta', 7n],
    ['cumulative', 9n],
    ['seconds', 0.75],
    ['depth', 4n],
    ['heap', 1.5],
    ['pipeline', undefined],
  ]);
  expect(series.states().at(-1)?.latency).toMatchObject({ count: 5n, sum: 10, min: 2, max: 8 });
});

test('keeps what a series had reached before it was restarted, however long it goes on', () => {
  const after = Array.from({ length: 100 }, (_, index) =>
    counterBody('c', [{ value: BigInt(index + 1), start: 5, time: 6 + index }]),
  );
  const series = fold(counterBody('c', [{ value: 7n, start: 1, time: 2 }]), ...after);
  expect(series.states().map(({ value }) => value)).toEqual([107n]);
});

function exponential(scale: number, offset: number): object {
  const positive = { offset, bucketCounts: [1, 2, 3] };
  const dataPoints = [{ count: 7, sum: 10, min: 1, max: 9, scale, zeroCount: 1, positive }];
  return metricBody({ name: 'e', exponentialHistogram: { aggregationTemporality: 1, dataPoints } });
}

test('merges exponential deltas of other scales', () => {
  const [state] = fold(exponential(1, -3), exponential(0, -1), exponential(0, 2)).states();
  // At scale 0 the first has 1 in bucket -2 and 5 in bucket -1.
  expect(state?.latency?.buckets).toEqual([
    { lower: 0, upper: 0, count: 3n },
    { lower: 0.25, upper: 0.5, count: 1n },
    { lower: 0.5, upper: 1, count: 6n },
    { lower: 1, upper: 2, count: 2n },
    { lower: 2, upper: 4, count: 3n },
    { lower: 4, upper: 8, count: 1n },
    { lower: 8, upper: 16, count: 2n },
    { lower: 16, upper: 32, count: 3n },
  ]);
  expect(state?.latency).toMatchObject({ count: 21n, sum: 30, min: 1, max: 9 });
});

test('takes no more series than it may', () => {
  const series = new SeriesFold(1);
  for (const point of pointsOf(counterBody('c', [{ value: 1n }, { value: 1n, attributes: { a: 'b' } }])))
    series.add(point);
  expect([series.size, series.leftOut]).toEqual([1, 1]);
});

test('draws counters and latencies in columns', () => {
  const series = fold(
    counterBody('ingest.success', [{ value: 12n, attributes: { chain: 'base' } }]),
    histogram(2, 2),
  );
  expect(drawTable(series.states(), { columns: 80 })).toEqual([
    'metric                        kind                 value  unit',
    'ingest.success{chain="base"}  counter, cumulative     12',
    '',
    'latency   count  p50  p90  p99   max  unit',
    'pipeline      2    5  7.4  7.94    8  ms',
  ]);
});

test('cuts what is too wide, and lets no name steer the terminal', () => {
  const series = fold(counterBody(`a\u001B[2J${'b'.repeat(100)}`, [{ value: 1n }]));
  const lines = drawTable(series.states(), { columns: 50 });
  expect(lines.every((line) => line.length <= 50)).toBe(true);
  expect(lines[1]).toMatch(/^a�\[2Jb+… {2}counter/);
});

test('draws over what it drew before, in a terminal, and no more than fits', async () => {
  const written: string[] = [];
  const drawn: (() => void)[] = [];
  const screen = new LiveScreen({
    isTTY: true,
    columns: 10,
    rows: 4,
    write: (text) => {
      written.push(text);
      drawn.shift()?.();
    },
  });
  const next = (): Promise<void> => new Promise((resolve) => drawn.push(resolve));
  const first = next();
  screen.schedule(() => ['a', 'b']);
  screen.schedule(() => ['ignored: one is scheduled']);
  await first;
  const second = next();
  screen.schedule(() => ['1', '2', '3', '4', '5']);
  await second;
  screen.finish(() => [`all${'!'.repeat(50)}`]);
  expect(written).toEqual([
    'a\nb\n',
    '\u001B[2A\r\u001B[J1\n2\n… 3 more l\n',
    '\u001B[3A\r\u001B[Jall!!!!!!!\n',
  ]);
});
