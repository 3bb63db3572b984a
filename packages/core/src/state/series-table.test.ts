import { expect, it } from 'vitest';
import type { AttributeValue } from '../attributes.ts';
import type { CopiedAttributes } from '../record/copy-attributes.ts';
import { SeriesTable } from './series-table.ts';

const metric = { name: 'c', kind: 'counter', unit: '', description: '' } as const;

function copyOf(...pairs: AttributeValue[]): CopiedAttributes {
  return { asGiven: pairs, normalized: pairs };
}

/** Ten series with the ids 10, 11, …, of which two begin at a time. */
function tableOfTen(): SeriesTable {
  const table = new SeriesTable(metric);
  for (let i = 0; i < 10; i++) {
    table.add(copyOf('user', i), { id: 10 + i, startTimeUnixNano: BigInt(i >> 1) });
  }
  return table;
}

it('tells of each row its id, when it began, and its attributes', () => {
  const table = tableOfTen();
  for (let row = 0; row < table.length; row++) {
    expect(table.id(row)).toBe(10 + row);
    expect(table.startTimeUnixNano(row)).toBe(BigInt(row >> 1));
    expect({ ...table.attributes(row) }).toEqual({ user: row });
  }
});

it('gives a series the same object, whichever table is asked, and in whatever order', () => {
  const first = tableOfTen();
  const askedBefore = first.series(3);
  const second = first.select([1, 3, 5, 7]);
  const askedInBetween = first.series(7);
  const third = second.select([1, 2, 3]);
  expect(third.series(0)).toBe(askedBefore);
  expect(second.series(1)).toBe(askedBefore);
  expect(third.series(2)).toBe(askedInBetween);
  expect(first.series(5)).toBe(third.series(1));
  expect(second.series(2)).toBe(third.series(1));
  expect(third.series(1)).toMatchObject({ id: 15, metric });
  for (const user of [3, 5, 7, 9]) {
    expect(first.series(user).id).toBe(10 + user);
    expect({ ...first.series(user).attributes }).toEqual({ user });
  }
});

it('gives a series that went the same object, whichever older table is asked first', () => {
  const first = tableOfTen();
  const second = first.select([1, 3, 5]);
  second.select([0]);
  const askedFirst = second.series(1);
  expect(first.series(3)).toBe(askedFirst);
  const askedSecond = first.series(5);
  expect(second.series(2)).toBe(askedSecond);
  expect({ ...askedFirst.attributes }).toEqual({ user: 3 });
  expect({ ...askedSecond.attributes }).toEqual({ user: 5 });
});

it('still tells of a row that went', () => {
  const first = tableOfTen();
  const askedBefore = first.series(8);
  first.select([0]);
  expect({ ...askedBefore.attributes }).toEqual({ user: 8 });
  const gone = first.series(9);
  expect(gone).toBe(first.series(9));
  expect(gone.id).toBe(19);
  expect({ ...gone.attributes }).toEqual({ user: 9 });
  expect(Object.isFrozen(gone.attributes)).toBe(true);
});

it('keeps ids apart that are further from each other than 32 bits reach', () => {
  const table = new SeriesTable(metric);
  const ids = [7, 8, 2 ** 32 + 6, 2 ** 32 + 7, 2 ** 32 + 8, 2 ** 40];
  for (const [i, id] of ids.entries()) table.add(copyOf('user', i), { id, startTimeUnixNano: 0n });
  expect(ids.map((_, row) => table.id(row))).toEqual(ids);
});
