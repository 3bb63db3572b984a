import { expect, it } from 'vitest';
import { records } from './budgets.ts';
import { bundleProgram } from './bundle-program.ts';

/** Text that is in a program's bundle exactly when the part is. */
const marks = {
  'the TOML parser': 'Invalid TOML document',
  'the search for keys in a file': 'a readable TOML file',
  'what reads the environment': 'OTEL_EXPORTER_OTLP',
  'the fetch transport': 'opaqueredirect',
  'the OTLP encoder': 'resourceMetrics',
};

function partsIn(code: string): string[] {
  return Object.entries(marks).flatMap(([part, mark]) => (code.includes(mark) ? [part] : []));
}

it.each([
  {
    program: 'all of the meta-package',
    code: `export * from '@pqcnet/telemetry';`,
    parts: Object.keys(marks),
  },
  {
    program: 'one that only records',
    code: records,
    parts: ['what reads the environment', 'the OTLP encoder'],
  },
  {
    program: 'one with an exporter of its own, without a configuration',
    code: `export { TelemetryHandle } from '@pqcnet/telemetry-core';`,
    parts: [],
  },
])('$program holds what it needs and nothing else', async ({ code, parts }) => {
  const { initialCode } = await bundleProgram({ code, external: ['undici'], from: 'built' });
  expect(partsIn(initialCode)).toEqual(parts);
});

it('brings undici, and what speaks to it, only when something is sent', async () => {
  const program = { code: records, external: ['undici'], from: 'built' } as const;
  const { initialBytes, allBytes, initialCode } = await bundleProgram(program);
  expect(initialCode).not.toMatch(/\bfrom\s*"undici"/);
  // Each of these takes Node longer than all of ours.
  const slow = /\bfrom\s*"node:(?:zlib|crypto|tls|http|https|http2|child_process)"/;
  expect(slow.exec(initialCode)?.[0]).toBeUndefined();
  expect(allBytes).toBeGreaterThan(initialBytes + 1000);
});
