import { type Series, type Snapshot, TelemetryHandle } from '@pqcnet/telemetry-core';
import { describe, expect, test } from 'vitest';

import type { OtlpProtocol } from '../exporter-options.ts';
import { gaugePoint, metricOf, seriesOf, snapshotOf, sumPoint } from '../testing/snapshot-of.ts';
import { encodeOtlpJson } from './encode-otlp-json.ts';
import type { Pace } from './pace.ts';
import { SnapshotEncoding } from './snapshot-encoding.ts';

const counter = metricOf('counter', { name: 'c' });
const series = Array.from({ length: 1000 }, (_, index) => seriesOf(counter, { index }));

function snapshotWith(labels: Readonly<Record<string, string>>, total: number = 1): Snapshot {
  return snapshotOf({ points: series.map((each) => sumPoint(each, total)), labels });
}

/** A pace whose slices are over at every look at the clock. */
function countingPace(): Pace & { pauses: number } {
  return {
    pauses: 0,
    start: () => () => true,
    async pause() {
      this.pauses += 1;
    },
  };
}

async function encode(encoding: SnapshotEncoding, snapshot: Snapshot): Promise<string> {
  const encoder = encoding.begin(snapshot);
  const range = { from: 0, to: snapshot.points.length };
  const part = await encoding.encodePart(encoder, range, new AbortController().signal);
  return part.error === undefined ? Buffer.from(part.body).toString() : '';
}

const sizes = { temporality: 'cumulative', labelPlacement: 'both', maxRequestBytes: 4_194_304 } as const;

function encodingWith(pace: Pace): SnapshotEncoding {
  return new SnapshotEncoding({ ...sizes, protocol: 'http/json', pace });
}

describe('SnapshotEncoding', () => {
  test('pauses at the end of every slice, and encodes the same as in one go', async () => {
    const pace = countingPace();
    const snapshot = snapshotWith({ cluster: 'net' });
    expect(await encode(encodingWith(pace), snapshot)).toBe(Buffer.from(encodeOtlpJson(snapshot)).toString());
    // A look every 32 points, none after the last; and one more pause before it is sent.
    expect(pace.pauses).toBe(Math.ceil(1000 / 32));
  });

  test('looks at the clock more often when points are large', async () => {
    const pace = countingPace();
    const large = 'x'.repeat(40_000);
    const points = series.slice(0, 32).map((each) => sumPoint({ ...each, attributes: { large } }, 1));
    await encode(encodingWith(pace), snapshotOf({ points }));
    expect(pace.pauses).toBe(32);
  });

  test('gives the event loop its turns', async () => {
    let turns = 0;
    const encoding = new SnapshotEncoding({
      protocol: 'http/json',
      temporality: 'cumulative',
      labelPlacement: 'both',
      maxRequestBytes: 4_194_304,
    });
    const immediate = (): void => {
      turns += 1;
      handle = setImmediate(immediate);
    };
    let handle = setImmediate(immediate);
    // Enough points for more than one slice on any machine.
    const points = Array.from({ length: 100 }, () => series.map((each) => sumPoint(each, 1))).flat();
    await encode(encoding, snapshotOf({ points }));
    clearImmediate(handle);
    expect(turns).toBeGreaterThan(1);
  });

  test('stops in the middle when the time is over', async () => {
    const abort = new AbortController();
    const encoding = encodingWith({
      start: () => () => true,
      async pause() {
        abort.abort();
      },
    });
    const encoder = encoding.begin(snapshotWith({}));
    const part = await encoding.encodePart(encoder, { from: 0, to: 1000 }, abort.signal);
    expect(part).toMatchObject({ from: 0, to: 64 });
  });

  test('encodes anew when the labels have changed', async () => {
    const encoding = encodingWith(countingPace());
    for (const labels of [{ index: 'label', a: '1' }, { index: 'label', a: '2' }, { a: '2' }]) {
      const snapshot = snapshotWith(labels);
      expect(await encode(encoding, snapshot)).toBe(Buffer.from(encodeOtlpJson(snapshot)).toString());
    }
  });

  test('encodes anew when the resource has changed', async () => {
    const encoding = encodingWith(countingPace());
    const points = series.map((each) => sumPoint(each, 1));
    const labels = new Map<string, string>();
    for (const name of ['gateway', 'sentry', 'gateway']) {
      const snapshot = { ...snapshotOf({ points, resource: { 'service.name': name } }), labels };
      expect(await encode(encoding, snapshot)).toBe(Buffer.from(encodeOtlpJson(snapshot)).toString());
    }
  });

  test('gives each snapshot its own time', async () => {
    const encoding = encodingWith(countingPace());
    const points = [
      sumPoint(series[0] as Series, 1),
      gaugePoint(seriesOf(metricOf('gauge', { name: 'g' })), 1),
    ];
    // Snapshots of a handle share resource and labels.
    const first = snapshotOf({ points });
    for (const timeUnixNano of [1n, 2_000_000_000_000_000_000n, 3n]) {
      const snapshot = { ...first, timeUnixNano };
      expect(await encode(encoding, snapshot)).toBe(Buffer.from(encodeOtlpJson(snapshot)).toString());
    }
  });

  test('encodes the same whatever it encoded before', async () => {
    const encoding = encodingWith(countingPace());
    const some = snapshotOf({ points: series.slice(100, 700).map((each) => sumPoint(each, 5)) });
    for (const snapshot of [
      some,
      snapshotWith({}, 2),
      some,
      snapshotOf({ points: [] }),
      snapshotWith({}, 3),
    ]) {
      const text = await encode(encoding, snapshot);
      const fresh = Buffer.from(encodeOtlpJson(snapshot)).toString();
      expect(snapshot.points.length === 0 ? '' : text).toBe(fresh);
    }
  });

  test.each<OtlpProtocol>(['http/json', 'http/protobuf'])(
    'as %s, encodes the same wherever the memory ends that it began with',
    async (protocol) => {
      const telemetry = new TelemetryHandle({
        exporter: { temporality: 'cumulative', export: async () => ({ status: 'accepted' }) },
        labels: { cluster: 'validator-net' },
      });
      const long = 'é'.repeat(60);
      for (const [chain, account] of ['aa', 'bb', 'ab', 'ba']) {
        const attributes = { chain: `${chain}${long}`, account: `${account}${long}`, ok: true };
        telemetry.recordCounter('c', 2n ** 63n - 1n, attributes);
        telemetry.recordGauge('g', -1 / 3e300, attributes);
        const boundsMs = Array.from({ length: 20 }, (_, index) => (index + 1) / 3);
        telemetry.latency('l', { boundsMs, attributes, description: long }).record(1e300 / 3);
      }
      const taken = telemetry.snapshot();
      const encoded = new Map<string, number>();
      for (let padding = 10_000; padding < 17_000; padding += 1) {
        const resource = new Map([['padding', 'x'.repeat(padding)]]);
        const snapshot = Object.create(taken, { resource: { value: resource } }) as Snapshot;
        const encoding = new SnapshotEncoding({ ...sizes, protocol });
        const encoder = encoding.begin(snapshot);
        encoder.begin(0, snapshot.points.length);
        encoder.step(() => false);
        const part = encoder.finish();
        const body = Buffer.from(part.error === undefined ? part.body : []);
        const tail = body.subarray(body.indexOf('@pqcnet/telemetry')).toString('latin1');
        encoded.set(tail, (encoded.get(tail) ?? 0) + 1);
      }
      const [tail = ''] = encoded.keys();
      expect(tail.length).toBeGreaterThan(4000);
      expect([...encoded.values()]).toEqual([7000]);
    },
  );
});
