import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, it } from 'vitest';
import { TelemetryHandle } from '../telemetry-handle.ts';
import { ScriptedExporter } from '../testing/scripted-exporter.ts';
import { Slab } from './slab.ts';
import { noSlot, slotIn, sumBlocks, sumMemory } from './sum-memory.ts';

const taken: Float64Array[] = [];

function take(numbers: number): Float64Array {
  const chunk = sumBlocks.take(numbers);
  taken.push(chunk);
  return chunk;
}

function isInMemory(chunk: Float64Array): boolean {
  return slotIn(chunk, 0) !== noSlot;
}

/** Takes blocks of that length until there is no room for one more. */
function takeAll(numbers: number): Float64Array[] {
  const blocks: Float64Array[] = [];
  while (isInMemory(take(numbers))) blocks.push(taken.at(-1) as Float64Array);
  return blocks;
}

/** Fills a slab that nobody holds any more afterwards. */
function takeSlab(): void {
  const slab = new Slab<Float64Array>(Float64Array.of(0));
  slab.moveTo(sumBlocks);
  while (slab.rows < 4096) slab.addRow();
}

afterEach(() => sumBlocks.giveBack(taken.splice(0)));

// First, as the others leave small blocks only.
it('has back what slabs had that are gone', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  expect(takeAll(4096)).toHaveLength(63);
  sumBlocks.giveBack(taken.splice(0));
  for (let slabs = 1; slabs <= 200; slabs++) {
    takeSlab();
    if (slabs % 20 !== 0) continue;
    collectGarbage();
    // Registries are told of what was collected in a later turn.
    await setImmediate();
    await setImmediate();
  }
  expect(takeAll(4096)).toHaveLength(63);
});

it('gives each number of the memory to one at a time, until none is left', () => {
  const used = new Set<number>([noSlot]);
  for (const length of [4096, 16, 1, 1024, 1]) {
    for (const block of [take(length), ...takeAll(length === 1024 ? 4096 : length).slice(0, 5)]) {
      if (!isInMemory(block)) continue;
      for (let i = 0; i < block.length; i++) {
        const slot = slotIn(block, i);
        if (used.has(slot)) expect.unreachable(`slot ${slot} is given twice`);
        used.add(slot);
        block[i] = slot;
        expect(sumMemory[slot]).toBe(slot);
      }
    }
  }
  takeAll(1);
  const all = taken.filter(isInMemory).reduce((sum, { length }) => sum + length, 0);
  expect(all).toBe(sumMemory.length - 1);
  expect(sumMemory[noSlot]).toBe(Infinity);
});

it('gives what was given back again, in parts where no block is as small, and arrays of their own once it is full', () => {
  const large = takeAll(4096);
  takeAll(1);
  expect(isInMemory(take(1))).toBe(false);
  expect(take(64)).toEqual(new Float64Array(64));
  const [back] = large as [Float64Array];
  sumBlocks.giveBack([back]);
  taken.splice(taken.indexOf(back), 1);
  const parts = [take(1), take(1024), take(1), take(2), take(2048), ...takeAll(1)];
  expect(parts.every(isInMemory)).toBe(true);
  const slots = parts.flatMap((part) => Array.from(part, (_, i) => slotIn(part, i)));
  const first = slotIn(back, 0);
  expect(slots.toSorted((a, b) => a - b)).toEqual(Array.from(back, (_, i) => first + i));
});

it('counts as exactly where it has no room, and where it has some again', () => {
  const telemetry = new TelemetryHandle({ exporter: new ScriptedExporter() });
  const counters = Array.from({ length: 100 }, (_, i) => telemetry.counter('c', { attributes: { i } }));
  const addAll = (delta: number): void => {
    for (const counter of counters) for (let n = 0; n < 3; n++) counter.add(delta);
  };
  const before = takeAll(4096);
  takeAll(1);
  addAll(1);
  expect(isInMemory(take(1))).toBe(false);
  sumBlocks.giveBack(before);
  taken.splice(0, taken.length, ...taken.filter((chunk) => !before.includes(chunk)));
  addAll(10);
  const later = Array.from({ length: 100 }, (_, i) => telemetry.counter('c', { attributes: { later: i } }));
  for (const counter of later) counter.add(1);
  addAll(100);
  const snapshot = telemetry.snapshot();
  expect(counters.map((_, i) => snapshot.total('c', { i }))).toEqual(counters.map(() => 333n));
  expect(telemetry.account().recorded).toBe(33_400n);
});
