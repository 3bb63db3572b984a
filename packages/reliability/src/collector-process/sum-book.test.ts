import { type ScriptStep, TestCollector } from '@pqcnet/telemetry-test-collector';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SumBook } from './sum-book.ts';

let collector: TestCollector;
let book: SumBook;

beforeEach(async () => {
  collector = await TestCollector.start();
  book = new SumBook();
  collector.onRequest((request) => book.take(request));
});

afterEach(() => collector.close());

interface Window {
  readonly temporality: 'cumulative' | 'delta';
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/** Posts one point, and lets it meet a step. */
async function post({ temporality, from, to, value }: Window, step?: ScriptStep): Promise<void> {
  if (step !== undefined) collector.script([step]);
  const point = { startTimeUnixNano: String(from), timeUnixNano: String(to), asInt: String(value) };
  const aggregationTemporality = temporality === 'delta' ? 1 : 2;
  const sum = { dataPoints: [point], aggregationTemporality, isMonotonic: true };
  const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'c', sum }] }] }] });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${collector.url}/v1/metrics`, { method: 'POST', headers, body });
  await answer.arrayBuffer();
}

const sumOf = (): bigint | undefined => book.sums().byName.get('c');

describe('windows of deltas', () => {
  const first = { temporality: 'delta', from: 1, to: 2, value: 5 } as const;

  it('add up, each once', async () => {
    await post(first, { do: 'answer', status: 503, store: true });
    await post(first);
    await post({ ...first, from: 2, to: 3 });
    expect(sumOf()).toBe(10n);
    expect(book.sums()).toMatchObject({ rejectedButTaken: 0n, violations: [] });
  });

  it('are found to overlap', async () => {
    await post({ ...first, to: 3 });
    await post({ ...first, from: 2, to: 4 });
    expect(book.sums().violations).toEqual(['c has a window that overlaps another']);
  });

  it('are found to come again with other bytes', async () => {
    await post(first);
    await post({ ...first, value: 6 });
    expect(book.sums().violations).toEqual(['c has a window that overlaps another']);
  });

  it('that were taken and rejected in the end are told', async () => {
    await post(first, { do: 'answer', status: 503, store: true });
    await post(first, { do: 'answer', status: 400 });
    expect(sumOf()).toBe(5n);
    expect(book.sums().rejectedButTaken).toBe(5n);
  });

  it('are not rejected when they were accepted after that: the sender had not heard', async () => {
    await post(first, { do: 'answer', status: 503, store: true });
    await post(first, { do: 'answer', status: 400 });
    await post(first);
    expect(sumOf()).toBe(5n);
    expect(book.sums().rejectedButTaken).toBe(0n);
  });
});

describe('running totals', () => {
  const first = { temporality: 'cumulative', from: 1, to: 2, value: 5 } as const;

  it('count with what they had reached before a restart', async () => {
    await post(first);
    await post({ ...first, to: 3, value: 7 });
    await post({ ...first, from: 3, to: 4, value: 2 });
    expect(sumOf()).toBe(9n);
    expect(book.sums().violations).toEqual([]);
  });

  it('are found to fall', async () => {
    await post(first);
    await post({ ...first, to: 3, value: 4 });
    expect(book.sums().violations).toEqual(['c fell from 5 to 4']);
  });
});
