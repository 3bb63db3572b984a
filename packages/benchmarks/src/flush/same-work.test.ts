import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { expect, test } from 'vitest';
import { metricNames, type SeriesKind } from '../contenders/many-series.ts';
import { ourFlusher, peerFlusher } from './flusher.ts';

const cases = (['http/json', 'http/protobuf'] as const).flatMap((protocol) =>
  (['counter', 'histogram'] as const).flatMap((kind) =>
    [10, 1200].map((series) => ({ protocol, kind, series })),
  ),
);

/** What a collector makes of the bodies: the number of points, and the sum of their values. */
async function decode(bodies: readonly Uint8Array[], contentType: string, kind: SeriesKind, series: number) {
  await using collector = await TestCollector.start();
  for (const body of bodies) {
    const request = {
      method: 'POST',
      headers: { 'content-type': contentType },
      body: new Uint8Array(body),
    };
    const response = await fetch(`${collector.url}/v1/metrics`, request);
    expect({ status: response.status, answer: await response.text() }).toMatchObject({ status: 200 });
  }
  const sum = metricNames(series).reduce((total, name) => {
    return total + (kind === 'counter' ? Number(collector.sum(name)) : (collector.latency(name)?.sum ?? 0));
  }, 0);
  return { points: collector.metrics().length, sum };
}

test.each(cases)('both encode $series $kind series as $protocol to the same', async (options) => {
  const { protocol, kind, series } = options;
  const contentType = protocol === 'http/json' ? 'application/json' : 'application/x-protobuf';
  const decoded = [];
  for (const flusher of [ourFlusher(options), peerFlusher(options)]) {
    for (let round = 0; round < 2; round += 1) {
      await flusher.prepare?.();
      await flusher.run();
    }
    await flusher.check();
    decoded.push(await decode(await flusher.bodies(), contentType, kind, series));
  }
  expect(decoded[0]).toEqual(decoded[1]);
  expect(decoded[0]?.points).toBe(series);
});
