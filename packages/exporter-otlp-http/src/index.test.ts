import { expect, test } from 'vitest';

import * as api from './index.ts';

test('the package exports these values and no others', () => {
  expect(Object.keys(api).toSorted()).toEqual([
    'OtlpHttpError',
    'OtlpHttpExporter',
    'TransportError',
    'encodeOtlpJson',
    'fetchTransport',
    'undiciTransport',
  ]);
});
