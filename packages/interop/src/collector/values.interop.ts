import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CollectedPoint, readCollectorFile } from '../read-back/read-collector-file.ts';
import { type Collector, startCollector } from '../run/start-collector.ts';
import { waitUntil } from '../run/wait-until.ts';
import { deliver, telemetryFromToml } from '../testing/telemetry-from-toml.ts';

let collector: Collector;

beforeAll(async () => {
  collector = await startCollector();
});

afterAll(() => collector[Symbol.asyncDispose]());

const ways = ['cumulative', 'delta'].flatMap((temporality) =>
  ['http/json', 'http/protobuf'].flatMap((protocol) =>
    ['none', 'gzip', 'zstd'].map((compression) => ({ temporality, protocol, compression })),
  ),
);

describe.each(ways)('$temporality as $protocol with compression $compression', (way) => {
  const { temporality, protocol, compression } = way;
  const instance = `${temporality} ${protocol} ${compression}`;
  const isDelta = temporality === 'delta';
  const toml = (more = ''): string => `
    [telemetry]
    endpoint = "${collector.url}"
    temporality = "${temporality}"
    protocol = "${protocol}"
    compression = "${compression}"
    service-instance-id = "${instance}"
    latency-bounds-ms = [1, 10, 100]
    ${more}

    [telemetry.labels]
    component = "sentry"
    "löschen \\"und\\" mehr" = "ä\\n€ 𝄞"
    shard = 7
    ratio = 0.5
    canary = true

    [telemetry.metrics."ingest.success"]
    unit = "{message}"
    description = "messages that were taken"
  `;
  const labels = { component: 'sentry', 'löschen "und" mehr': 'ä\n€ 𝄞', shard: 7n, ratio: 0.5, canary: true };

  it('brings sums, gauges and explicit histograms as they were recorded, twice', async () => {
    await using telemetry = telemetryFromToml(toml());
    const connections = telemetry.upDownCounter('connections');
    const batches = telemetry.histogram('batch.size', { unit: '{tx}', bounds: [1, 10] });
    telemetry.recordCounter('ingest.success', 2n ** 62n - 10n, { chain: 'base', height: 2n ** 53n });
    telemetry.recordCounter('largest', 2n ** 63n - 1n);
    telemetry.recordCounter('ingest.success', 5, { chain: 'eth', component: 'relayer' });
    connections.add(-3);
    telemetry.recordGauge('queue.depth', -17.25);
    telemetry.recordGauge('exact', 0.1);
    for (const milliseconds of [0, 1, 1.5, 10, 99, 100.5])
      telemetry.recordLatencyMs('pipeline', milliseconds);
    batches.record(-4);
    const { snapshot: first } = await deliver(telemetry);
    telemetry.recordCounter('ingest.success', 9, { chain: 'base', height: 2n ** 53n });
    connections.add(1);
    telemetry.recordLatencyMs('pipeline', 5);
    const { snapshot: second } = await deliver(telemetry);

    const points = await collected(instance, second.timeUnixNano);
    const at = (name: string, { timeUnixNano }: { timeUnixNano: bigint }): readonly CollectedPoint[] =>
      points.filter((point) => point.name === name && point.timeUnixNano === timeUnixNano);
    const sum = { kind: 'sum', temporality, isMonotonic: true, unit: '{message}' };
    const base = { ...labels, chain: 'base', height: 2n ** 53n };

    expect(at('ingest.success', first)).toMatchObject([
      { ...sum, attributes: base, value: 2n ** 62n - 10n, description: 'messages that were taken' },
      // The point's own attribute wins over the label.
      { ...sum, attributes: { ...labels, chain: 'eth', component: 'relayer' }, value: 5n },
    ]);
    expect(at('ingest.success', second)).toMatchObject(
      isDelta
        ? [{ ...sum, attributes: base, value: 9n }]
        : [
            { ...sum, attributes: base, value: 2n ** 62n - 1n },
            { ...sum, attributes: { ...labels, chain: 'eth', component: 'relayer' }, value: 5n },
          ],
    );
    expect(at('largest', first)).toMatchObject([{ kind: 'sum', value: 2n ** 63n - 1n }]);
    // A sum that also falls is a running total in every temporality.
    const upDown = { kind: 'sum', temporality: 'cumulative', isMonotonic: false, attributes: labels };
    expect(at('connections', first)).toMatchObject([{ ...upDown, value: -3n }]);
    expect(at('connections', second)).toMatchObject([{ ...upDown, value: -2n }]);
    expect(points.find(({ name }) => name === 'exact')).toMatchObject({ kind: 'gauge', value: 0.1 });
    expect(points.find(({ name }) => name === 'queue.depth')).toMatchObject({ value: -17.25 });

    const latency = { kind: 'histogram', temporality, unit: 'ms', attributes: labels, bounds: [1, 10, 100] };
    expect(at('pipeline', first)).toMatchObject([
      { ...latency, count: 6n, sum: 212, min: 0, max: 100.5, bucketCounts: [2n, 2n, 1n, 1n] },
    ]);
    expect(at('pipeline', second)).toMatchObject([
      isDelta
        ? { ...latency, count: 1n, sum: 5, min: 5, max: 5, bucketCounts: [0n, 1n, 0n, 0n] }
        : { ...latency, count: 7n, sum: 217, bucketCounts: [2n, 3n, 1n, 1n] },
    ]);
    expect(at('batch.size', first)).toMatchObject([
      { unit: '{tx}', count: 1n, sum: -4, bounds: [1, 10], bucketCounts: [1n, 0n, 0n] },
    ]);

    // A delta begins where the last one ended; a running total always where it began.
    const starts = [first, second].map((snapshot) => at('pipeline', snapshot)[0]?.startTimeUnixNano);
    expect(starts[1]).toBe(isDelta ? first.timeUnixNano : starts[0]);
    expect(starts[0]).toBeLessThanOrEqual(first.timeUnixNano);
    for (const { resource, scope } of points) {
      expect(resource).toMatchObject({
        ...labels,
        'service.name': 'sentry',
        'service.instance.id': instance,
      });
      expect(scope).toBe('@pqcnet/telemetry');
    }
  });

  it('brings the extremes of numbers and texts as they were recorded', async () => {
    const id = `${instance} extremes`;
    await using telemetry = telemetryFromToml(toml().replace(`"${instance}"`, `"${id}"`));
    const text = '🚀é"\\\n'.repeat(8192);
    const doubles = [-0, 5e-324, -5e-324, 1e-310, 0.1, 2 ** 53 + 2, Number.MAX_VALUE, -Number.MAX_VALUE];
    const integers = [
      2n ** 53n - 1n,
      2n ** 53n,
      2n ** 53n + 1n,
      2n ** 63n - 1n,
      -(2n ** 53n) - 1n,
      -(2n ** 63n),
    ];
    for (const [index, value] of doubles.entries()) telemetry.recordGauge('double', value, { index, value });
    for (const [index, value] of integers.entries()) {
      telemetry.upDownCounter('integer', { attributes: { index, value } }).add(value);
    }
    telemetry.recordCounter('text', 1, { text });
    const { snapshot } = await deliver(telemetry);

    const points = await collected(id, snapshot.timeUnixNano);
    const valuesOf = (name: string): unknown =>
      points
        .filter((point) => point.name === name)
        .map(({ value, attributes }) => [value, attributes['value']]);
    // −0 is 0 in an attribute: equal values are one series.
    expect(valuesOf('double')).toEqual(doubles.map((value) => [value, value === 0 ? 0n : value]));
    expect(valuesOf('integer')).toEqual(integers.map((value) => [value, value]));
    expect(points.find(({ name }) => name === 'text')?.attributes).toEqual({ ...labels, text });
  });

  it('brings exponential histograms as they were recorded', async () => {
    const id = `${instance} exponential`;
    await using telemetry = telemetryFromToml(
      toml('latency-histogram = "exponential"').replace(`"${instance}"`, `"${id}"`),
    );
    for (const milliseconds of [0, 1, 2, 4, 4]) telemetry.recordLatencyMs('pipeline', milliseconds);
    const { snapshot } = await deliver(telemetry);

    const [point, ...others] = await collected(id, snapshot.timeUnixNano);
    expect(others).toEqual([]);
    expect(point).toMatchObject({
      kind: 'exponentialHistogram',
      temporality,
      unit: 'ms',
      count: 5n,
      zeroCount: 1n,
      sum: 11,
      min: 0,
      max: 4,
    });
    expect(bucketsByUpperEnd(point)).toEqual([
      [1, 1n],
      [2, 1n],
      [4, 2n],
    ]);
  });
});

/** Waits until a flush is in the file, and gives all points of an instance. */
async function collected(instance: string, timeUnixNano: bigint): Promise<readonly CollectedPoint[]> {
  return waitUntil(`for the points of ${instance}`, async () => {
    const all = await readCollectorFile(collector.file);
    const points = all.filter(({ resource }) => resource['service.instance.id'] === instance);
    return points.some((point) => point.timeUnixNano === timeUnixNano) && points;
  });
}

/** The upper ends and counts of the buckets that aren't empty: bucket i ends at 2^((i + 1) / 2^scale). */
function bucketsByUpperEnd(point: CollectedPoint | undefined): readonly (readonly [number, bigint])[] {
  const { scale = 0, positive } = point ?? {};
  const { offset = 0, counts = [] } = positive ?? {};
  return counts.flatMap((count, i) =>
    count > 0n ? [[2 ** ((offset + i + 1) / 2 ** scale), count] as const] : [],
  );
}
