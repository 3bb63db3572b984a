import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AttributeValue } from '../attributes.ts';
import { ScriptedExporter } from '../testing/scripted-exporter.ts';
import { TelemetryHandle } from '../telemetry-handle.ts';
import { copyAttributes, keptCopy } from './copy-attributes.ts';

type Entries = readonly (readonly [string, AttributeValue])[];

function makeHandle(): TelemetryHandle {
  return new TelemetryHandle({ exporter: new ScriptedExporter(), cardinalityLimit: 100_000 });
}

/** Like Object.fromEntries, with `__proto__` a key like any other. */
function objectOf(entries: Entries): Record<string, AttributeValue> {
  const object: Record<string, AttributeValue> = {};
  for (const [key, value] of entries) {
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return object;
}

const key = fc.oneof(
  fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'toString', '1', '0', 'ключ', '😀'),
  fc.string({ minLength: 1, maxLength: 3 }),
);
const value = fc.oneof(
  fc.constantFrom<AttributeValue>(
    '',
    '1',
    1,
    1n,
    true,
    'true',
    false,
    0,
    -0,
    0n,
    2n ** 62n,
    -1.5,
    '😀',
    2 ** 53,
  ),
  fc.string({ maxLength: 3 }),
);
const entries = fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 5 });

it('keeps sets of attributes apart exactly when they differ, whatever their order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(entries, fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 100 })), {
        maxLength: 30,
      }),
      (records) => {
        const telemetry = makeHandle();
        const expected = new Map<string, bigint>();
        for (const [set, random, delta] of records) {
          const shuffled = set
            .map((entry) => ({ entry, at: random.next().value }))
            .toSorted((a, b) => a.at - b.at);
          telemetry.recordCounter('c', delta, objectOf(shuffled.map(({ entry }) => entry)));
          const identity = identityOf(set);
          expected.set(identity, (expected.get(identity) ?? 0n) + BigInt(delta));
        }
        const recorded = Array.from(telemetry.snapshot().points, (point) => [
          identityOf(Object.entries(point.series.attributes)),
          point.type === 'sum' ? BigInt(point.total) : undefined,
        ]);
        expect(new Map(recorded as [string, bigint][])).toEqual(expected);
        expect(recorded).toHaveLength(expected.size);
      },
    ),
    { numRuns: 1000 },
  );
});

/** What makes a set of attributes one of its own, written without regard to how the product does it. */
function identityOf(set: Entries): string {
  const parts = set.map(([name, part]) => {
    const isInteger = typeof part === 'bigint' || Number.isSafeInteger(part);
    return JSON.stringify([name, isInteger ? `integer ${BigInt(part)}` : `${typeof part} ${String(part)}`]);
  });
  return parts.toSorted().join();
}

it.each<readonly [string, unknown, string]>([
  ['NaN', { a: Number.NaN }, 'NaN'],
  ['infinity', { a: -Infinity }, '-Infinity'],
  ['null', { a: null }, 'null'],
  ['undefined', { a: undefined }, 'undefined'],
  ['an array', { a: ['x'] }, 'an array'],
  ['an object', { a: {} }, 'an object'],
  ['a function', { a: () => 1 }, 'a function'],
  ['a symbol', { a: Symbol('x') }, 'a symbol'],
  ['a bigint beyond 64 bits', { a: 2n ** 63n }, '9223372036854775808n'],
  ['a bigint below 64 bits', { a: -(2n ** 63n) - 1n }, '-9223372036854775809n'],
  ['an empty key', { '': 1 }, 'empty'],
  ['keys that are the same once well-formed', { '\ud800': 1, '\ud801': 2 }, 'twice'],
  ['null instead of attributes', null, 'null'],
  ['a string instead of attributes', 'a', '"a"'],
  ['an array instead of attributes', ['a'], 'an array'],
])('refuses %s as an attribute, and makes no series', (_, attributes, shown) => {
  const telemetry = makeHandle();
  const results = [
    telemetry.recordCounter('c', 1, attributes as Record<string, number>),
    telemetry.recordLatencyMs('p', 1, attributes as Record<string, number>),
    telemetry.recordGauge('g', 1, attributes as Record<string, number>),
    telemetry.counter('c', { attributes: attributes as Record<string, number> }).add(1),
  ];
  for (const result of results) {
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'INVALID_ATTRIBUTE', message: expect.stringContaining(shown) },
    });
  }
  expect(telemetry.snapshot().points).toHaveLength(0);
});

it('never takes what is no set of attributes for the series without any', () => {
  const telemetry = makeHandle();
  telemetry.recordCounter('c', 1);
  for (const attributes of [null, [], '', 5, () => 1]) {
    expect(telemetry.recordCounter('c', 1, attributes as unknown as Record<string, number>)).toMatchObject({
      error: { code: 'INVALID_ATTRIBUTE' },
    });
  }
  expect(telemetry.snapshot().total('c')).toBe(1n);
});

it('replaces unpaired surrogates, in keys and values', () => {
  const telemetry = makeHandle();
  telemetry.recordCounter('c', 1, { 'k\ud800': 'v\udc00' });
  telemetry.recordCounter('c', 1, { 'k\ufffd': 'v\ufffd' });
  expect(telemetry.snapshot().total('c', { 'k\ufffd': 'v\ufffd' })).toBe(2n);
  expect(telemetry.snapshot().points).toHaveLength(1);
});

it('shows −0 as 0, and a bigint as a number where that is exact', () => {
  const telemetry = makeHandle();
  telemetry.recordCounter('c', 1, { zero: -0, one: 1n, large: 2n ** 53n });
  const attributes = telemetry.snapshot().points.at(0)?.series.attributes;
  expect(Object.entries(attributes ?? {})).toEqual([
    ['zero', 0],
    ['one', 1],
    ['large', 2n ** 53n],
  ]);
});

it('shows −0 as 0 when nothing else of the attributes has another form', () => {
  const telemetry = makeHandle();
  for (const zero of [-0, 0, 0n, -0]) telemetry.recordCounter('c', 1, { zero });
  const { points } = telemetry.snapshot();
  expect(points).toHaveLength(1);
  expect(points.at(0)).toMatchObject({ total: 4 });
  // Object.is: it would go out as another kind of number.
  expect(points.at(0)?.series.attributes['zero']).toBe(0);
});

it('takes what an object inherits for no attribute', () => {
  const telemetry = makeHandle();
  const attributes = Object.assign(Object.create({ inherited: 1 }) as Record<string, number>, { own: 1 });
  telemetry.recordCounter('c', 1, { own: 1, inherited: 1 });
  telemetry.recordCounter('c', 2, attributes);
  telemetry.recordCounter('c', 4, attributes);
  telemetry.recordCounter('c', 8, { own: 1 });
  expect(telemetry.snapshot().total('c', { own: 1 })).toBe(14n);
  expect(telemetry.snapshot().total('c', { own: 1, inherited: 1 })).toBe(1n);
});

it('returns an error when reading the object throws, and never mixes up one that changes', () => {
  const telemetry = makeHandle();
  const throwing = {
    get a(): number {
      throw new Error('no');
    },
  };
  for (let i = 0; i < 2; i++) {
    expect(telemetry.recordCounter('c', 1, throwing)).toMatchObject({ error: { code: 'INVALID_ATTRIBUTE' } });
  }
  let reads = 0;
  const changing = {
    get a(): number {
      reads += 1;
      return reads;
    },
  };
  for (let i = 0; i < 10; i++) telemetry.recordCounter('c', 1, changing);
  telemetry.recordCounter('c', 100, { a: 1 });
  const total = Array.from(telemetry.snapshot().points, (point) =>
    point.type === 'sum' ? Number(point.total) : 0,
  );
  expect(total.reduce((a, b) => a + b)).toBe(110);
});

it('copies attributes at first sight', () => {
  const telemetry = makeHandle();
  const attributes = { chain: 'base' };
  telemetry.recordCounter('c', 1, attributes);
  attributes.chain = 'other';
  telemetry.recordCounter('c', 2, attributes);
  expect(telemetry.snapshot().total('c', { chain: 'base' })).toBe(1n);
  expect(telemetry.snapshot().total('c', { chain: 'other' })).toBe(2n);
});

it.each([1, 127, 128, 129, 300])('takes %d keys in any order', (length) => {
  const telemetry = makeHandle();
  const many: Entries = Array.from({ length }, (_, i) => [`key ${i}`, i] as const);
  const bound = telemetry.counter('c', { attributes: objectOf(many) });
  for (let turn = 0; turn < 128; turn++) {
    const at = turn % length;
    telemetry.recordCounter('c', 1, objectOf([...many.slice(at), ...many.slice(0, at)]));
    bound.add(1);
  }
  telemetry.recordCounter('c', 1, objectOf(many.slice(1)));
  telemetry.recordCounter('c', 1, objectOf([...many, ['another', 1]]));
  expect(telemetry.snapshot().total('c', objectOf(many))).toBe(256n);
  expect(telemetry.snapshot().points).toHaveLength(3);
});

it('keeps a copy that is the same, and one array where both forms are one', () => {
  const plain = copyAttributes({ b: 'x', a: 1 });
  const other = copyAttributes({ b: '\ud800', a: 1n });
  if (!plain.ok || !other.ok) throw new Error('not copied');
  const kept = keptCopy(plain.value);
  expect(kept).toEqual(plain.value);
  expect(kept.asGiven).toBe(kept.normalized);
  expect(keptCopy(other.value)).toEqual(other.value);
});
