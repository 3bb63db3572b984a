import { expect, test } from 'vitest';

import * as config from './index.ts';

test('exports these names and no others', () => {
  expect(Object.keys(config).toSorted()).toEqual([
    'ConfigError',
    'isTelemetryConfig',
    'loadConfig',
    'parseConfig',
    'validateConfig',
  ]);
});
