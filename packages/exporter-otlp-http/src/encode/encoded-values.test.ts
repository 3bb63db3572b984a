import fc from 'fast-check';
import { expect, test } from 'vitest';

import { ByteWriter } from './byte-writer.ts';
import { EncodedValues } from './encoded-values.ts';

function add(values: EncodedValues, id: number, text: string, flag: number): void {
  const out = new ByteWriter(16);
  out.utf8(text);
  values.add(id, out, flag);
}

/** The value that was found or added last. */
function current({ view, start, length, flag }: EncodedValues): object {
  return { text: Buffer.from(view.buffer, view.byteOffset + start, length).toString(), flag };
}

test('every value is found as it was added, whatever came before and after', () => {
  const lengths = fc.oneof(fc.nat({ max: 80 }), fc.constantFrom(0, 63, 64, 8191, 8192, 70_000));
  const entry = fc.record({ length: lengths, flag: fc.constantFrom(0, 1) });
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 40 }),
      fc.array(fc.nat({ max: 500 }), { maxLength: 40 }),
      (entries, ids) => {
        const values = new EncodedValues();
        const known = new Map<number, { readonly text: string; readonly flag: number }>();
        for (const [index, { length, flag }] of entries.entries()) {
          const id = ids[index] ?? 1000 + index;
          if (known.has(id)) continue;
          expect(values.find(id)).toBe(false);
          const text = String.fromCharCode(0x61 + (index % 26)).repeat(length);
          add(values, id, text, flag);
          known.set(id, { text, flag });
          expect(current(values)).toEqual({ text, flag });
        }
        for (const [id, value] of known) {
          expect(values.find(id)).toBe(true);
          expect(current(values)).toEqual(value);
        }
        expect(values.longest).toBe(Math.max(0, ...Array.from(known.values(), ({ text }) => text.length)));
      },
    ),
    { numRuns: 50 },
  );
});

test('a value of twelve bytes takes less than 22 bytes, all overhead included', () => {
  const values = new EncodedValues();
  for (let id = 0; id < 10_000; id += 1) add(values, id, `account-${1000 + (id % 9000)}`, 1);
  expect(values.bytes / 10_000).toBeLessThan(22);
});

test('values that take more than a position can tell apart are refused, and none of them is found', () => {
  const values = new EncodedValues();
  const source = new ByteWriter(8);
  source.position = 2 ** 31;
  expect(() => values.add(3, source, 1)).toThrow(RangeError);
  expect(values.find(3)).toBe(false);
});

test('nothing is taken until there is a value', () => {
  const values = new EncodedValues();
  expect(values.find(0)).toBe(false);
  expect(values.bytes).toBeLessThan(64);
});
