import type { Meter } from '@opentelemetry/api';
import type { TelemetryHandle } from '@pqcnet/telemetry-core';

/**
 * useEverything uses the whole recording API in every way, mistakes included, so that the code under test has seen
 * more than the one case that is timed: what V8 learned from a lone hot loop holds for no real program.
 */
export function useEverything(handle: TelemetryHandle): void {
  const shapes = makeShapes();
  for (let i = 0; i < 2000; i += 1) {
    const attributes = shapes[i % shapes.length];
    handle.recordCounter('everything.counted', i % 3 === 0 ? BigInt(i) : i, attributes);
    handle.recordCounter(`everything.counted.${i % 20}`, 1);
    handle.recordLatencyMs('everything.took', i + 0.5, attributes);
    handle.recordGauge('everything.level', -i, attributes);
    handle.counter('everything.bound', { attributes: attributes ?? {} }).add(i % 2 === 0 ? 2n : 2);
    handle.latency('everything.bound.took').record(i / 3);
    handle.histogram('everything.size', { bounds: [1, 10, 100] }).record(-i);
    handle.gauge('everything.bound.level').set(i);
    handle.recordCounter('everything.counted', -1);
    handle.recordCounter('not a name', 1);
    handle.recordLatencyMs('everything.took', Number.NaN);
  }
  handle.recordCounter('everything.large', Number.MAX_SAFE_INTEGER);
  handle.recordCounter('everything.large', 2n ** 62n);
  Array.from(handle.snapshot().points, (point) => point.series.attributes);
}

/** The same for the peer, which has no bound instruments. */
export function useEverythingOf(meter: Meter): void {
  const shapes = makeShapes();
  const counter = meter.createCounter('everything.counted');
  const histogram = meter.createHistogram('everything.took');
  const gauge = meter.createGauge('everything.level');
  const upDown = meter.createUpDownCounter('everything.level.sum');
  for (let i = 0; i < 2000; i += 1) {
    const attributes = shapes[i % shapes.length] ?? {};
    counter.add(i, attributes);
    counter.add(1);
    histogram.record(i + 0.5, attributes);
    gauge.record(-i, attributes);
    upDown.add(-i, attributes);
  }
}

function makeShapes(): Record<string, string | number | boolean>[] {
  return [
    {},
    { chain: 'base' },
    { chain: 'base', method: 'send' },
    { method: 'send', chain: 'base' },
    { status: 200 },
    { status: '200', cached: true },
    { a: 1, b: 2, c: 3, d: 4, e: 5 },
    { region: 'eu', chain: 'base', method: 'send', status: 404, cached: false },
  ];
}
