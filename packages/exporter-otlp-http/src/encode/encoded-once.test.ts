import { type AttributeValue, TelemetryHandle, type Temporality } from '@pqcnet/telemetry-core';
import { expect, test } from 'vitest';

import type { OtlpProtocol } from '../exporter-options.ts';
import { OtlpHttpExporter } from '../otlp-http-exporter.ts';
import { Asked } from '../testing/asked.ts';
import { RecordingTransport } from '../testing/recording-transport.ts';
import { metricOf, seriesOf, snapshotOf, sumPoint } from '../testing/snapshot-of.ts';
import { stillHeld } from '../testing/still-held.ts';
import { through } from '../testing/through.ts';

const url = 'http://collector.test/v1/metrics';
const PROTOCOLS: readonly OtlpProtocol[] = ['http/json', 'http/protobuf'];
const TEMPORALITIES: readonly Temporality[] = ['cumulative', 'delta'];
const ways = PROTOCOLS.flatMap((protocol) =>
  TEMPORALITIES.map((temporality) => [protocol, temporality] as const),
);

test.each(ways)(
  '%s, %s: what was encoded of a series is not asked for again, and of a new one only what is new',
  async (protocol, temporality) => {
    const transport = new RecordingTransport();
    const exporter = new OtlpHttpExporter({ url, protocol, temporality, transport });
    const asked = new Asked();
    const telemetry = new TelemetryHandle({
      exporter: asked.before(exporter),
      labels: { cluster: 'net' },
    });
    function record(chain: string, account: string): void {
      const attributes = { chain, account };
      telemetry.recordCounter('c', 1, attributes);
      telemetry.recordGauge('g', 1, attributes);
      telemetry.recordLatencyMs('l', 1, attributes);
      telemetry.upDownCounter('u', { attributes }).add(1);
    }
    async function flush(): Promise<readonly string[]> {
      asked.of.length = 0;
      expect(await telemetry.flush({ maxAttempts: 1 })).toMatchObject({ ok: true });
      return asked.of.toSorted();
    }

    for (let account = 0; account < 50; account += 1) record('base', String(account));
    // Of four metrics: 50 accounts, a chain, the keys and the three texts.
    expect(await flush()).toHaveLength(4 * (50 + 1 + 1 + 3));
    for (let account = 0; account < 50; account += 1) record('base', String(account));
    expect(await flush()).toEqual([]);
    record('base', 'new');
    expect(await flush()).toEqual(Array.from({ length: 4 }, () => 'value new'));
    record('base', 'new');
    expect(await flush()).toEqual([]);
    expect(transport.bodies).toHaveLength(4);
    expect(transport.bodies[3]?.toString('latin1')).toContain('net');
  },
);

test.each(PROTOCOLS)(
  '%s: other labels are encoded anew, and what was encoded before is let go of',
  async (protocol) => {
    const transport = new RecordingTransport();
    const exporter = new OtlpHttpExporter({ url, protocol, transport });
    const telemetry = new TelemetryHandle({ exporter });
    telemetry.recordCounter('c', 1, { chain: 'base' });
    async function exportWith(labels: Readonly<Record<string, AttributeValue>>): Promise<WeakRef<object>> {
      const snapshot = through(telemetry.snapshot(), { labels: new Map(Object.entries(labels)) });
      await exporter.export(snapshot, { timeoutMs: 60_000, signal: new AbortController().signal });
      const fresh = new OtlpHttpExporter({ url, protocol, transport });
      await fresh.export(snapshot, { timeoutMs: 60_000, signal: new AbortController().signal });
      const [body, expected] = transport.bodies.splice(0);
      expect(body?.toString('latin1')).toBe(expected?.toString('latin1'));
      return new WeakRef(snapshot.labels);
    }
    const all = [];
    for (const labels of [
      { a: '1', b: '2' },
      { a: '1', b: 2 },
      { b: 2, a: '1' },
      { b: 2, c: '1' },
      { b: 2 },
      { b: 2, chain: 'label' },
    ]) {
      all.push(await exportWith(labels));
    }
    expect(await stillHeld(all, 1)).toEqual(all.slice(-1));
  },
);

test.each(PROTOCOLS)(
  '%s: another resource is encoded anew, also after one that can not be sent',
  async (protocol) => {
    const transport = new RecordingTransport();
    const exporter = new OtlpHttpExporter({ url, protocol, transport });
    const points = [sumPoint(seriesOf(metricOf('counter', { name: 'c' })), 1)];
    const snapshots = ['one', 'other', 2n ** 64n].map((host) => snapshotOf({ points, resource: { host } }));
    const statuses = [];
    for (const index of [0, 1, 0, 2, 2, 0, 1, 2, 1]) {
      const snapshot = snapshots[index] ?? snapshotOf({ points: [] });
      const options = { timeoutMs: 60_000, signal: new AbortController().signal };
      const report = await exporter.export(snapshot, options);
      const sent = transport.bodies.splice(0).map((body) => /one|other/.exec(body.toString('latin1'))?.[0]);
      statuses.push('status' in report ? [index, report.status, ...sent] : []);
    }
    expect(statuses).toEqual([
      [0, 'accepted', 'one'],
      [1, 'accepted', 'other'],
      [0, 'accepted', 'one'],
      [2, 'rejected'],
      [2, 'rejected'],
      [0, 'accepted', 'one'],
      [1, 'accepted', 'other'],
      [2, 'rejected'],
      [1, 'accepted', 'other'],
    ]);
  },
);

test.each(PROTOCOLS)('%s: what was encoded of a metric is let go of with the metric', async (protocol) => {
  const exporter = new OtlpHttpExporter({ url, protocol, transport: new RecordingTransport() });
  const options = { timeoutMs: 60_000, signal: new AbortController().signal };
  async function exportMetric(name: string): Promise<WeakRef<object>> {
    const metric = metricOf('counter', { name });
    await exporter.export(snapshotOf({ points: [sumPoint(seriesOf(metric), 1)] }), options);
    return new WeakRef(metric);
  }
  const metrics: WeakRef<object>[] = [];
  for (let round = 0; round < 5; round += 1) metrics.push(await exportMetric(`renamed-${round}`));
  // The last one may still be the open one.
  expect(await stillHeld(metrics.slice(0, -1), 0)).toEqual([]);
});

test.each(PROTOCOLS)(
  '%s: the memory of a large request is let go of when the export is over',
  async (protocol) => {
    const memory: WeakRef<object>[] = [];
    const exporter = new OtlpHttpExporter({
      url,
      protocol,
      transport: {
        // It says that nobody reads the body any more: what is left of it is the exporter's.
        releasesBody: true,
        async send({ body }) {
          memory.push(new WeakRef(body.buffer));
          return { status: 200, headers: {}, body: new Uint8Array(0), bodyTooLarge: false };
        },
        async close() {},
      },
    });
    const series = seriesOf(metricOf('counter', { name: 'c' }), { large: 'x'.repeat(100_000) });
    const snapshot = snapshotOf({ points: [sumPoint(series, 1)] });
    await exporter.export(snapshot, { timeoutMs: 60_000, signal: new AbortController().signal });
    expect(memory).toHaveLength(1);
    expect(await stillHeld(memory, 0)).toEqual([]);
    await exporter.shutdown();
  },
);
