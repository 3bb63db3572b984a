import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { generateJsonSchema } from './generate-json-schema.ts';

test('is what is checked in: run `pnpm schema` after a change', async () => {
  const written = await readFile(new URL('../telemetry.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(written)).toEqual(generateJsonSchema());
});

test('describes the keys as they are in the file', () => {
  expect(generateJsonSchema()).toMatchObject({
    required: ['telemetry'],
    additionalProperties: false,
    properties: {
      telemetry: {
        additionalProperties: false,
        properties: {
          'flush-interval-ms': { type: 'integer', minimum: 10, maximum: 2_147_483_647, default: 60_000 },
          protocol: { enum: ['http/json', 'http/protobuf'] },
          labels: { additionalProperties: { type: ['string', 'boolean', 'number'] } },
          metrics: { additionalProperties: { properties: { bounds: { type: 'array' } } } },
        },
      },
    },
  });
});
