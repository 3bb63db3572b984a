import { describe, expect, it } from 'vitest';
import { listFiles, publicPackages, readText } from './workspace.ts';

const document = 'docs/errors.md';

/** What is written like a code and is none of ours: environment variables, and codes of Node, undici and OpenSSL. */
const others =
  /^(OTEL_|ERR_|UND_ERR_|EAI_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|(HTTPS?|NO)_PROXY$|PQCNET_TELEMETRY_CHILD$|STREAM_REFUSED$)/;

/** The codes that the published sources name, as they stand in them: types, errors, warnings. */
const named = new Set(
  publicPackages
    .flatMap(({ folder }) => listFiles(`${folder}/src/**/*.ts`))
    .filter((file) => !/\.test\.ts$|\/src\/testing\//.test(file))
    .flatMap((file) => [...readText(file).matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g)])
    .map(([, code = '']) => code)
    .filter((code) => !others.test(code)),
);

const rows = [...readText(document).matchAll(/^\| `([A-Z_0-9]+)` \| ([^|]+) \| ([^|]+) \|$/gm)];
const documented = new Set(rows.map(([, code = '']) => code));

describe(document, () => {
  it('has every code of the public packages, and no other', () => {
    expect([...documented].toSorted()).toEqual([...named].toSorted());
    expect(named.size).toBeGreaterThan(25);
  });

  it('has every code of the types', () => {
    const types = publicPackages
      .flatMap(({ folder }) => listFiles(`${folder}/src/*.ts`))
      .flatMap((file) => [...readText(file).matchAll(/export type \w+ErrorCode =([^;]+);/g)]);
    expect(types.length).toBeGreaterThanOrEqual(4);
    for (const [, union = ''] of types) {
      for (const [, code] of union.matchAll(/'(\w+)'/g)) expect(documented).toContain(code);
    }
  });

  it('says of each what to do', () => {
    for (const [row, , meaning, remedy] of rows) {
      expect(meaning?.trim(), row).toMatch(/\w{2}/);
      expect(remedy?.trim(), row).toMatch(/\w{2}/);
    }
  });
});
