import { describe, expect, it } from 'vitest';
import { selector } from '../backends/backend.ts';
import { backends } from '../backends/backends.ts';
import { deliver, telemetryFromToml } from '../testing/telemetry-from-toml.ts';

const seriesCount = 100_000;

describe.each(backends)('$title', (backend) => {
  const protocols = new Set(backend.ways.map(({ protocol }) => protocol));

  it.each([...protocols])('has each of a hundred thousand series of one flush as %s', async (protocol) => {
    await using server = await backend.start();
    await using telemetry = telemetryFromToml(`
      [telemetry]
      endpoint = "${server.endpoint}"
      protocol = "${protocol}"
      compression = "gzip"
      cardinality-limit = 200000
    `);
    for (let i = 0; i < seriesCount; i += 1)
      telemetry.recordCounter('transfers', i, { account: `0x${i.toString(16)}` });
    const { snapshot } = await deliver(telemetry);
    expect(snapshot.points.length).toBe(seriesCount);
    await server.settle();

    const name = backend.names.counter('transfers');
    const all = selector(name);
    expect(await server.promQl.value(`count(${all})`)).toBe(seriesCount);
    expect(await server.promQl.value(`sum(${all})`)).toBe(((seriesCount - 1) * seriesCount) / 2);
    expect(await server.promQl.value(selector(name, { account: '0xabcd' }))).toBe(0xabcd);
  });
});
