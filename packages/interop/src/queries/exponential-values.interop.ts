import { describe, expect, it } from 'vitest';
import { type RunningBackend, type Way, selector } from '../backends/backend.ts';
import { prometheus } from '../backends/prometheus.ts';
import { victoriaMetrics } from '../backends/victoria-metrics.ts';
import { deliver, telemetryFromToml } from '../testing/telemetry-from-toml.ts';

const recorded = [0, 1, 2, 4, 4, 1024];

const toml = ({ endpoint }: RunningBackend, { protocol, compression }: Way): string => `
  [telemetry]
  endpoint = "${endpoint}"
  protocol = "${protocol}"
  compression = "${compression}"
  latency-histogram = "exponential"
`;

describe('an exponential histogram', () => {
  it.each(prometheus.ways)(
    'is a native one in Prometheus, bucket by bucket: $protocol, $compression',
    async (way) => {
      await using server = await prometheus.start();
      await using telemetry = telemetryFromToml(toml(server, way));
      for (const milliseconds of recorded) telemetry.recordLatencyMs('pipeline', milliseconds);
      await deliver(telemetry);

      const [sample, ...others] = await server.promQl.query(selector('pipeline_milliseconds'));
      expect(others).toEqual([]);
      expect(sample?.histogram).toMatchObject({ count: '6', sum: '1035' });
      const buckets = sample?.histogram?.buckets ?? [];
      expect(buckets.map(([, , upper, count]) => [Number(upper), count])).toEqual([
        [expect.closeTo(0), '1'],
        [1, '1'],
        [2, '1'],
        [4, '2'],
        [1024, '1'],
      ]);
    },
  );

  it.each(victoriaMetrics.ways)(
    'is one of VictoriaMetrics’ own there, bucket by bucket: $protocol, $compression',
    async (way) => {
      await using server = await victoriaMetrics.start();
      await using telemetry = telemetryFromToml(toml(server, way));
      for (const milliseconds of recorded) telemetry.recordLatencyMs('pipeline', milliseconds);
      await deliver(telemetry);
      await server.settle();

      expect(await server.promQl.value(selector('pipeline_count'))).toBe(6);
      expect(await server.promQl.value(selector('pipeline_sum'))).toBe(1035);
      const buckets = await server.promQl.query(selector('pipeline_bucket'));
      const byUpperEnd = buckets.map(({ labels, value }) => [
        Number(labels['vmrange']?.split('...')[1]),
        value,
      ]);
      // Its ranges have four digits.
      expect(byUpperEnd.toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([
        [0, '1'],
        [1, '1'],
        [2, '1'],
        [4, '2'],
        [1024, '1'],
      ]);
    },
  );
});
