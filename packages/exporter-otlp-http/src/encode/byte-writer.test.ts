import { expect, test } from 'vitest';

import { stillHeld } from '../testing/still-held.ts';
import { ByteWriter } from './byte-writer.ts';

test.each([10, 100_000])('a writer that rests has its memory of %i bytes again', (length) => {
  const out = new ByteWriter(100);
  out.reserve(length);
  out.utf8('x'.repeat(10));
  const { bytes } = out;
  out.rest();
  out.reserve(10);
  expect(out.bytes).toBe(bytes);
  out.utf8('again');
  expect(Buffer.from(out.written()).toString()).toBe('again');
});

test('a writer that rests holds no more memory than at first once garbage was collected, and goes on in new memory', async () => {
  const out = new ByteWriter(100);
  out.reserve(100_000);
  const memory = new WeakRef(out.bytes);
  out.rest();
  expect(await stillHeld([memory], 0)).toEqual([]);
  out.utf8('é'.repeat(60_000));
  expect(Buffer.from(out.written()).toString()).toBe('é'.repeat(60_000));
});

test('a writer makes no room for more than its positions can tell apart, and goes on with what it has', () => {
  const out = new ByteWriter(100);
  out.utf8('before');
  expect(() => out.reserve(2 ** 31)).toThrow('2147483662 bytes in one piece, expected at most 2147483647');
  out.utf8(' and after');
  expect(Buffer.from(out.written()).toString()).toBe('before and after');
});

test('memory that was left to others is not written to again', () => {
  const out = new ByteWriter(100);
  out.utf8('body');
  const body = out.written();
  out.renew();
  out.utf8('next');
  out.rest();
  out.utf8('more');
  expect(Buffer.from(body).toString()).toBe('body');
});
