import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCollectorFile } from './read-collector-file.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pqcnet-interop-'));
});

afterAll(() => rm(folder, { recursive: true }));

it('reads points with all that they belong to, and only whole lines', async () => {
  const attributes = [
    { key: 'chain', value: { stringValue: 'base' } },
    { key: 'height', value: { intValue: '9007199254740993' } },
  ];
  const point = { attributes, startTimeUnixNano: '1', timeUnixNano: '2', asInt: '-9007199254740993' };
  const metrics = [{ name: 'ingest', unit: '1', sum: { aggregationTemporality: 1, dataPoints: [point] } }];
  const line = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ scope: { name: 'us' }, metrics }] }] });
  const file = join(folder, 'metrics.jsonl');
  await writeFile(file, `${line}\n${line}\n${line.slice(0, 50)}`);

  const points = await readCollectorFile(file);
  expect(points).toHaveLength(2);
  expect(points[0]).toMatchObject({
    scope: 'us',
    name: 'ingest',
    unit: '1',
    kind: 'sum',
    temporality: 'delta',
    isMonotonic: false,
    attributes: { chain: 'base', height: 9007199254740993n },
    startTimeUnixNano: 1n,
    timeUnixNano: 2n,
    value: -9007199254740993n,
  });
});

it('has no points while there is no file', async () => {
  expect(await readCollectorFile(join(folder, 'no-such-file'))).toEqual([]);
});
