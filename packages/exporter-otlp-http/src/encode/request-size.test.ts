import { expect, test } from 'vitest';

import { RequestSize } from './request-size.ts';

test('is as configured until something is too large', () => {
  const size = new RequestSize(4_194_304);
  for (let exported = 0; exported < 3; exported += 1) size.beginExport();
  expect(size.bytes).toBe(4_194_304);
});

test('is 1 GiB at most, whatever is configured', () => {
  const size = new RequestSize(Number.MAX_SAFE_INTEGER);
  expect(size.bytes).toBe(2 ** 30);
  size.beginExport();
  expect(size.bytes).toBe(2 ** 30);
});

test('is half of what was too large, and 64 KiB at least', () => {
  const size = new RequestSize(4_194_304);
  expect(size.halve(1_000_001)).toBe(true);
  expect(size.bytes).toBe(500_000);
  expect(size.halve(100_000)).toBe(true);
  expect(size.bytes).toBe(65_536);
  expect(size.halve(65_536)).toBe(false);
  expect(size.bytes).toBe(65_536);
});

test('is never more than configured', () => {
  const size = new RequestSize(20_000);
  expect(size.halve(19_000)).toBe(false);
  expect(size.bytes).toBe(20_000);
});

test('is tried as configured again after a hundred exports', () => {
  const size = new RequestSize(4_194_304);
  size.beginExport();
  size.halve(4_000_000);
  for (let exported = 0; exported < 100; exported += 1) {
    size.beginExport();
    expect(size.bytes).toBe(2_000_000);
  }
  size.beginExport();
  expect(size.bytes).toBe(4_194_304);
});
