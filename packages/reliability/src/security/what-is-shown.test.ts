import { inspect } from 'node:util';
import { type FlushResult, TelemetryHandle, validateConfig } from '@pqcnet/telemetry';
import type { ScriptStep } from '@pqcnet/telemetry-test-collector';
import { describe, expect, it } from 'vitest';
import { Rig, oneTry } from '../testing/rig.ts';

const secret = 's3cret-4711';
/** The longest text of a collector, and what is said around it. */
const mostCharacters = 500;

/** All that can be seen of a value: inspected to the ground, as JSON, as text. */
function shown(value: unknown): string {
  const json = JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'bigint' ? String(each) : each,
  );
  const text = value instanceof Error ? `${value.message}\n${value.stack}` : String(value);
  return `${inspect(value, { depth: 20, showHidden: true, getters: true, maxStringLength: null })}${json}${text}`;
}

const faults: readonly [string, ScriptStep][] = [
  ['nothing', { do: 'accept' }],
  ['401', { do: 'answer', status: 401 }],
  ['407', { do: 'answer', status: 407 }],
  ['500', { do: 'answer', status: 500 }],
  ['503', { do: 'answer', status: 503 }],
  ['a redirect', { do: 'redirect', location: 'http://127.0.0.1:1/' }],
  ['a reset', { do: 'reset', when: 'after-body' }],
  ['a web page', { do: 'html' }],
  ['a partial success', { do: 'partial-success', rejected: 1 }],
];

describe('a secret header', () => {
  it.each(faults)('is sent, and shows in nothing there is after %s', async (_title, step) => {
    const headers = { authorization: `Bearer ${secret}` };
    await using rig = await Rig.start({ config: { headers } });
    const results: FlushResult[] = [];
    rig.telemetry.onFlush((result) => results.push(result));
    rig.collector.script([step]);
    rig.workload.recordRound();
    const result = await rig.telemetry.flush(oneTry);
    expect(rig.collector.requests[0]?.headers.authorization).toBe(headers.authorization);
    const { telemetry } = rig;
    const all: unknown[] = [
      result,
      results,
      telemetry,
      telemetry.snapshot(),
      telemetry.account(),
      telemetry.status(),
    ];
    if (!result.ok) all.push(result.error, result.error.cause);
    for (const each of all) expect(shown(each)).not.toContain(secret);
  });

  it('shows in nothing when no connection comes about, or no answer in time', async () => {
    const headers = { authorization: `Bearer ${secret}` };
    await using rig = await Rig.start({ config: { headers } });
    await rig.collector.pause();
    rig.workload.recordRound();
    expect(shown((await rig.failToFlush()).error)).not.toContain(secret);
  });

  it('does not show in the configuration, nor in a handle made of it', () => {
    const input = { endpoint: 'https://collector:4318', headers: { authorization: `Bearer ${secret}` } };
    const config = validateConfig(input, { environment: {} });
    expect(config.headers.get('authorization')).toContain(secret);
    expect(shown(config)).not.toContain(secret);
    expect(shown(TelemetryHandle.fromConfig(config))).not.toContain(secret);
  });

  it('does not show when the collector repeats it', async () => {
    await using rig = await Rig.start({ config: { headers: { authorization: `Bearer ${secret}` } } });
    rig.collector.script([{ do: 'answer', status: 400, message: `bad token: Bearer ${secret}` }]);
    rig.workload.recordRound();
    expect(shown((await rig.failToFlush()).error)).not.toContain(secret);
  });
});

describe("a collector's text", () => {
  const hostile = `\u001b[2J\u0000\u202e\r\nlevel=fatal ${'x'.repeat(1_000_000)}`;

  it.each<[string, ScriptStep]>([
    ['in a status', { do: 'answer', status: 400, message: hostile }],
    [
      'as plain text',
      { do: 'answer', status: 400, body: hostile, headers: { 'content-type': 'text/plain' } },
    ],
    ['as a page', { do: 'answer', status: 502, body: `<title>${hostile}</title>` }],
    [
      'in a content type',
      { do: 'answer', status: 200, body: 'x', headers: { 'content-type': 'x'.repeat(9000) } },
    ],
    ['in a partial success', { do: 'partial-success', rejected: 1, message: hostile }],
  ])('is capped and escaped in the error when it comes %s', async (_title, step) => {
    await using rig = await Rig.start();
    rig.collector.script([step]);
    rig.workload.recordRound();
    const { message } = (await rig.failToFlush()).error;
    expect(message.length).toBeLessThan(mostCharacters);
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('is capped and escaped in a warning', async () => {
    await using rig = await Rig.start();
    rig.collector.script([{ do: 'partial-success', rejected: 0, message: hostile }]);
    rig.workload.recordRound();
    const result = await rig.telemetry.flush();
    const warnings = result.ok ? result.value.warnings : [];
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.length).toBeLessThan(mostCharacters);
    expect(warnings[0]).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
