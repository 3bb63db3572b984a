import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseConfig } from '@pqcnet/telemetry';
import { Ajv } from 'ajv';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { readBlocks } from './read-blocks.ts';
import { listFiles, readText, root } from './workspace.ts';

const schema: object = JSON.parse(readText('packages/config/telemetry.schema.json'));
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

/** What the schema says against a file, as `path keyword`. */
function faultsOf(toml: string): readonly string[] {
  validate(parse(toml));
  return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

const files = listFiles('examples/**/*.toml').map((file) => ({ place: file, toml: readText(file) }));
const documents = listFiles('{*,docs/*,packages/*/*}.md').flatMap((document) =>
  readBlocks(readText(document))
    .filter(({ language }) => language === 'toml')
    .map(({ line, text }) => ({ place: `${document}:${line}`, toml: text })),
);

describe('the JSON Schema of the configuration', () => {
  it.each([...files, ...documents])('agrees with the parser on $place', ({ toml }) => {
    let isValid = true;
    try {
      parseConfig(toml, { environment: { COLLECTOR_TOKEN: 'token' } });
    } catch {
      isValid = false;
    }
    expect(faultsOf(toml).length === 0).toBe(isValid);
  });

  it('is tried on examples and on documents, right and wrong', () => {
    expect(files.length).toBeGreaterThan(0);
    expect(documents.filter(({ toml }) => faultsOf(toml).length > 0).length).toBeGreaterThan(0);
    expect(documents.filter(({ toml }) => faultsOf(toml).length === 0).length).toBeGreaterThan(3);
  });

  it.each([
    ['', ' required'],
    ['[telemetry]\nprotocl = "http/json"', '/telemetry additionalProperties'],
    ['[telemetry]\nflush-interval-ms = 5', '/telemetry/flush-interval-ms minimum'],
    ['[telemetry]\nprotocol = "grpc"', '/telemetry/protocol enum'],
    ['[telemetry.tls]\ncert-file = "a"', '/telemetry/tls dependencies'],
    ['[telemetry.headers]\n"a b" = "x"', '/telemetry/headers propertyNames'],
    ['[telemetry.metrics."x"]\nboundaries = [1]', '/telemetry/metrics/x additionalProperties'],
  ])('refuses %j', (toml, fault) => {
    expect(faultsOf(toml)).toContain(fault);
  });

  it.each(files)('is named by $place, for editors, and finds no fault', ({ place, toml }) => {
    const path = /^#:schema (\S+)$/m.exec(toml)?.[1];
    expect(path).toBeDefined();
    expect(faultsOf(toml)).toEqual([]);
    expect(existsSync(join(root, dirname(place), `${path}`))).toBe(true);
  });
});
