import type { Rows } from '../snapshot/rows.ts';
import { firstCountingPlace } from '../state/aggregation.ts';
import type { MetricState } from '../state/metric-state.ts';
import { amountIn } from './account.ts';
import type { MetricBook } from './metric-book.ts';

/**
 * countIdleFlushes takes note, after a delivered flush, of the series that did not change since the one before. Only
 * while a metric has no room for more: elsewhere series stay for the life of the process.
 */
export function countIdleFlushes(book: MetricBook, before: Rows | undefined): void {
  const { metric, finished } = book;
  if (metric.overflow === undefined || finished === undefined) return;
  for (let row = 0; row < finished.length; row++) {
    const isIdle = before !== undefined && isSameRow(metric, row, before, finished);
    book.idleFlushes[row] = isIdle ? (book.idleFlushes[row] ?? 0) + 1 : 0;
  }
}

/**
 * makeRoom lets go of series that were idle for so many delivered flushes, or were ended. Never of one with anything
 * undelivered, of the overflow series, of an up-down counter that is not at 0, or of one whose value others watch over.
 * Says whether any went: rows have moved then.
 */
export function makeRoom(book: MetricBook, idleFlushes: number): boolean {
  const { metric } = book;
  const isFull = metric.overflow !== undefined && metric.isFull;
  if (!isFull && !metric.hasEnded) return false;
  const enough = isFull ? idleFlushes : Infinity;
  const kept: number[] = [];
  const gone: number[] = [];
  for (let row = 0; row < metric.table.length; row++) (mayGo(row, book, enough) ? gone : kept).push(row);
  if (gone.length === 0) return false;
  metric.retiredAmount += amountIn(metric, book.finished?.select(gone));
  book.keepRows(kept);
  metric.keepRows(kept);
  return true;
}

function mayGo(row: number, book: MetricBook, idleFlushes: number): boolean {
  const { metric } = book;
  if (row === metric.overflow?.row) return false;
  if (metric.findCell(row)?.isEnded === true) return metric.aggregation === 'gauge' || isDelivered(row, book);
  if (metric.kind.startsWith('observed-')) return false;
  if ((book.idleFlushes[row] ?? 0) < idleFlushes || !isDelivered(row, book)) return false;
  return metric.kind !== 'up-down-counter' || book.finished?.total(row) === 0;
}

/** Whether nothing in the row is still to be delivered. */
function isDelivered(row: number, { metric, finished, settled }: MetricBook): boolean {
  if (finished === undefined || settled === undefined || row >= finished.length) return false;
  if (finished.wideBases.get(row) !== metric.wideBases.get(row)) return false;
  if (!isSameRow(metric, row, settled, finished)) return false;
  const values = metric.slab.chunkOf(row);
  const offset = metric.slab.offsetOf(row);
  for (let place = firstCountingPlace(metric.aggregation); place < finished.width; place++) {
    if (values[offset + place] !== finished.number(row, place)) return false;
  }
  return finished.counts === undefined || metric.counts?.isSameRow(row, finished.counts) === true;
}

function isSameRow(metric: MetricState, row: number, a: Rows, b: Rows): boolean {
  if (row >= a.length || row >= b.length || a.wideBases.get(row) !== b.wideBases.get(row)) return false;
  for (let place = firstCountingPlace(metric.aggregation); place < a.width; place++) {
    if (a.number(row, place) !== b.number(row, place)) return false;
  }
  return a.counts === undefined || (b.counts !== undefined && a.counts.isSameRow(row, b.counts));
}
