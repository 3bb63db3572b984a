import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type SlotHolder, SlotHolders } from './slot-holders.ts';
import { noSlot } from './sum-memory.ts';

class Holder implements SlotHolder {
  slot = 1;

  moveTo(slot: number): void {
    this.slot = slot;
  }
}

const action = fc.oneof(
  { weight: 20, arbitrary: fc.constant('add' as const) },
  { weight: 3, arbitrary: fc.constant('release some' as const) },
  { weight: 1, arbitrary: fc.constant('release all' as const) },
);

it('tells each it lets go of, and keeps no more than the most', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 300 }), fc.integer({ min: 1, max: 100 }), (actions, most) => {
      const holders = new SlotHolders();
      const added: Holder[] = [];
      const held = (): number => added.filter(({ slot }) => slot !== noSlot).length;
      for (const each of actions) {
        const before = held();
        if (each === 'add') {
          const holder = new Holder();
          added.push(holder);
          holders.add(holder, most);
          expect(held()).toBe(Math.min(before + 1, most));
        } else if (each === 'release some') {
          holders.releaseSome();
          expect([Math.floor(before / 256), Math.ceil(before / 256)]).toContain(before - held());
        } else {
          holders.releaseAll();
          expect(held()).toBe(0);
        }
      }
    }),
    { numRuns: 500 },
  );
});

it.each([1, 63, 64, 1000])('has told each of %d by and by, while others come', (count) => {
  const holders = new SlotHolders();
  const first = Array.from({ length: count }, () => new Holder());
  for (const holder of first) holders.add(holder, 10_000);
  for (let turn = 0; turn < 4000; turn++) {
    holders.releaseSome();
    if (turn % 256 === 0) holders.add(new Holder(), 10_000);
  }
  expect(first.filter(({ slot }) => slot !== noSlot)).toEqual([]);
});
