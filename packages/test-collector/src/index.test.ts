import { expect, test } from 'vitest';
import * as main from './index.ts';
import * as vitestEntry from './vitest.ts';

test('exports what is documented, and nothing else', () => {
  expect(Object.keys(main).toSorted()).toEqual(['CollectorError', 'TestCollector', 'selfSignedCertificate']);
  expect(Object.keys(vitestEntry).toSorted()).toEqual([
    'collectorFixture',
    'collectorMatchers',
    'expectCollector',
  ]);
});
