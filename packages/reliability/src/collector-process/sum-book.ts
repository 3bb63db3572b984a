import { createHash } from 'node:crypto';
import type { ReceivedRequest } from '@pqcnet/telemetry-test-collector';
import { type Arrival, arrivalsOf } from './list-arrivals.ts';

/** Sums is what a collector has of everything: counters in sums, histograms in numbers of records. */
export interface Sums {
  readonly byName: ReadonlyMap<string, bigint>;
  /** What of it, in deltas, is from requests that were finally answered with a rejection all the same. */
  readonly rejectedButTaken: bigint;
  /** What no sender should do: windows that overlap, totals that fall. The first few. */
  readonly violations: readonly string[];
}

interface Running {
  readonly name: string;
  startUnixNano: bigint;
  endUnixNano: bigint;
  /** Cumulative: the latest total since the start. Delta: the sum of all windows. */
  value: bigint;
  /** Cumulative: what there was before the last restart. */
  before: bigint;
}

const mostViolations = 10;

/**
 * SumBook adds up requests as they come, in memory for the series alone: as a receiver does that takes an identical
 * request once, and knows nothing of its sender.
 */
export class SumBook {
  readonly #series = new Map<string, Running>();
  /** Requests with deltas that were taken, by their bytes. */
  readonly #taken = new Map<string, { readonly amount: bigint; isRejected: boolean }>();
  readonly #violations: string[] = [];

  take(request: ReceivedRequest): void {
    const arrivals = [...arrivalsOf(request)];
    if (!arrivals.some(({ isDelta }) => isDelta)) {
      if (request.stored) for (const arrival of arrivals) this.#takeTotal(arrival);
      return;
    }
    const hash = createHash('sha256')
      .update(request.body ?? '')
      .digest('base64');
    const before = this.#taken.get(hash);
    // Whatever was answered before, the sender may not have heard: what it hears in the end is the last answer.
    if (before !== undefined) before.isRejected = isRejection(request.status);
    if (before !== undefined || !request.stored) return;
    const amount = arrivals.reduce((sum, each) => sum + (each.isDelta ? each.amount : 0n), 0n);
    this.#taken.set(hash, { amount, isRejected: false });
    for (const arrival of arrivals) {
      if (arrival.isDelta) this.#takeWindow(arrival);
      else this.#takeTotal(arrival);
    }
  }

  sums(): Sums {
    const byName = new Map<string, bigint>();
    for (const { name, value, before } of this.#series.values()) {
      byName.set(name, (byName.get(name) ?? 0n) + value + before);
    }
    const rejected = [...this.#taken.values()].filter(({ isRejected }) => isRejected);
    const rejectedButTaken = rejected.reduce((sum, { amount }) => sum + amount, 0n);
    return { byName, rejectedButTaken, violations: this.#violations };
  }

  #takeTotal({ name, key, startUnixNano, endUnixNano, amount }: Arrival): void {
    const running = this.#seriesOf(name, key);
    if (startUnixNano > running.startUnixNano) running.before += running.value;
    else if (startUnixNano < running.startUnixNano) this.#violate(`${key} started earlier than before`);
    else if (amount < running.value) this.#violate(`${key} fell from ${running.value} to ${amount}`);
    if (endUnixNano < running.endUnixNano) this.#violate(`${key} went back in time`);
    running.startUnixNano = startUnixNano;
    running.endUnixNano = endUnixNano;
    running.value = amount;
  }

  #takeWindow({ name, key, startUnixNano, endUnixNano, amount }: Arrival): void {
    const running = this.#seriesOf(name, key);
    if (startUnixNano < running.endUnixNano) this.#violate(`${key} has a window that overlaps another`);
    if (startUnixNano >= endUnixNano) this.#violate(`${key} has a window that does not go forward`);
    running.endUnixNano = endUnixNano;
    running.value += amount;
  }

  #seriesOf(name: string, key: string): Running {
    let running = this.#series.get(key);
    if (running === undefined) {
      running = { name, startUnixNano: 0n, endUnixNano: 0n, value: 0n, before: 0n };
      this.#series.set(key, running);
    }
    return running;
  }

  #violate(what: string): void {
    if (this.#violations.length < mostViolations) this.#violations.push(what);
  }
}

/** Nobody sends it again after that; after no answer, or one of these, it comes again, or as part of a later window. */
const notFinal = new Set([401, 403, 404, 405, 407, 413, 429, 502, 503, 504]);

function isRejection(status: number | undefined): boolean {
  return status !== undefined && status >= 300 && !notFinal.has(status);
}
