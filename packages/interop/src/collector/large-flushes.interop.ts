import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { startCollector } from '../run/start-collector.ts';
import { sumOf, waitForPoints } from '../testing/collected-points.ts';
import { deliver, telemetryFromToml } from '../testing/telemetry-from-toml.ts';

const seriesCount = 100_000;
const sum = (BigInt(seriesCount) * BigInt(seriesCount - 1)) / 2n;
const mebibyte = 2 ** 20;

describe.each(['http/json', 'http/protobuf'])('a hundred thousand series of one flush, as %s', (protocol) => {
  it.each(['none', 'gzip'])(
    'arrive once each in requests of at most 4 MiB, with compression %s',
    async (compression) => {
      // The Collector counts what it inflates.
      await using collector = await startCollector({ receiver: { max_request_body_size: 4 * mebibyte } });
      await using telemetry = telemetryFromToml(`
      [telemetry]
      endpoint = "${collector.url}"
      protocol = "${protocol}"
      compression = "${compression}"
      cardinality-limit = 200000
    `);
      for (let i = 0; i < seriesCount; i += 1)
        telemetry.recordCounter('transfers', i, { account: `0x${i.toString(16)}` });
      await deliver(telemetry);

      const points = await waitForPoints(collector.file, ({ length }) => length >= seriesCount);
      expect(points).toHaveLength(seriesCount);
      expect(new Set(points.map(({ attributes }) => attributes['account'])).size).toBe(seriesCount);
      expect(sumOf(points, 'transfers')).toBe(sum);
      const requests = (await readFile(collector.file, 'utf8')).trimEnd().split('\n');
      expect(requests.length).toBeGreaterThan(1);
    },
  );
});

it('a Collector that takes less answers 400: nothing is lost, and max-request-bytes says what to send', async () => {
  await using collector = await startCollector({ receiver: { max_request_body_size: mebibyte / 4 } });
  const toml = (maxRequestBytes: number): string => `
    [telemetry]
    endpoint = "${collector.url}"
    max-request-bytes = ${maxRequestBytes}
  `;
  await using tooLarge = telemetryFromToml(toml(4 * mebibyte));
  await using split = telemetryFromToml(toml(mebibyte / 4));
  for (const telemetry of [tooLarge, split]) {
    for (let i = 0; i < 2000; i += 1)
      telemetry.recordCounter('transfers', 1, { account: 'x'.repeat(200) + i });
  }
  const refused = await tooLarge.flush();
  expect(refused).toMatchObject({ ok: false, error: { outcome: 'rejected', httpStatus: 400, kept: true } });
  expect(!refused.ok && refused.error.message).toContain('http: request body too large');
  await deliver(split);
  const points = await waitForPoints(collector.file, ({ length }) => length >= 2000);
  expect(sumOf(points, 'transfers')).toBe(2000n);
});
