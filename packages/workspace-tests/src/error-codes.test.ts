import { describe, expect, it } from 'vitest';
import { listFiles, publicPackages, readText } from './workspace.ts';

const document = 'docs/errors.md';

/** What is written like a code and is none of ours: environment variables, and codes of Node, undici and OpenSSL. */
const others =
  /^(OTEL_|ERR_|UND_ERR_|EAI_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|(HTTPS?|NO)_PROXY$|PQCNET_TELEMETRY_CHILD$|STREAM_REFUSED$)/;

/** matches gives what a group of a pattern finds in the published sources. */
function matches(pattern: RegExp): readonly string[] {
  const files = publicPackages
    .flatMap(({ folder }) => listFiles(`${folder}/src/**/*.ts`))
    .filter((file) => !/\.test\.ts$|\/src\/testing\//.test(file));
  return [...files.map(readText).join('\n').matchAll(pattern)].map(([, found = '']) => found);
}

/** The codes as they stand in the sources: in types, errors and warnings. */
const named = new Set(matches(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g).filter((code) => !others.test(code)));

const rows = [...readText(document).matchAll(/^\| `([A-Z_0-9]+)` \| ([^|]+) \| ([^|]+) \|$/gm)];
const documented = new Set(rows.map(([, code = '']) => code));

describe('docs/errors.md', () => {
  it('has every code of the public packages, and no other', () => {
    expect([...documented].toSorted()).toEqual([...named].toSorted());
    expect(named.size).toBeGreaterThan(25);
  });

  it('has every code of the types', () => {
    const unions = matches(/export type \w+ErrorCode =([^;]+);/g);
    expect(unions.length).toBeGreaterThanOrEqual(4);
    for (const [, code] of unions.join(' ').matchAll(/'(\w+)'/g)) expect(documented).toContain(code);
  });

  it('says of each what it means and what to do', () => {
    const empty = rows.filter(([, , ...texts]) => texts.some((text) => !/\w{2}/.test(text)));
    expect(empty).toEqual([]);
  });
});
