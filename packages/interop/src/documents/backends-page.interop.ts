import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { selector } from '../backends/backend.ts';
import { backends } from '../backends/backends.ts';
import { pinnedReceivers } from '../get-receivers/pinned-receivers.ts';
import { startCollector } from '../run/start-collector.ts';
import { sumOf, waitForPoints } from '../testing/collected-points.ts';
import { deliver, telemetryFromToml } from '../testing/telemetry-from-toml.ts';

const page = readFileSync(new URL('../../../../docs/backends.md', import.meta.url), 'utf8');

/** The TOML of a section, sent to another address than it says: path and all else stay. */
function tomlOf(title: string, url: string): string {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${title}\n`));
  const [, toml = ''] = /```toml\n(.*?)```/s.exec(section ?? '') ?? [];
  expect(toml).toMatch(/"http:\/\/localhost:\d+/);
  return toml.replace(/http:\/\/localhost:\d+/, url);
}

describe('docs/backends.md', () => {
  it.each(backends)('has TOML with which $title can be filtered by a label', async (backend) => {
    await using server = await backend.start();
    await using telemetry = telemetryFromToml(tomlOf(backend.title, server.url));
    telemetry.recordCounter('ingest.success', 42);
    await deliver(telemetry);
    await server.settle();
    const sentries = selector(backend.names.counter('ingest.success'), { component: 'sentry' });
    expect(await server.promQl.value(sentries)).toBe(42);
  });

  it('has TOML that the Collector takes', async () => {
    await using collector = await startCollector();
    await using telemetry = telemetryFromToml(tomlOf('OpenTelemetry Collector', collector.url));
    telemetry.recordCounter('ingest.success', 42);
    await deliver(telemetry);
    const points = await waitForPoints(collector.file, ({ length }) => length > 0);
    expect(sumOf(points, 'ingest.success')).toBe(42n);
    expect(points[0]?.attributes).toEqual({ component: 'sentry' });
  });

  it.each(pinnedReceivers)('names the version of $title that is tested', ({ title, version }) => {
    expect(page).toMatch(new RegExp(String.raw`^\| \[${title}\]\(#[a-z-]+\) \| ${version} \|`, 'm'));
  });
});
