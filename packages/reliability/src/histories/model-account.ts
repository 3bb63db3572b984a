import { createHash } from 'node:crypto';
import type { ReceivedRequest } from '@pqcnet/telemetry-test-collector';
import { type Arrival, arrivalsOf } from '../collector-process/list-arrivals.ts';
import type { Outcome } from '../testing/play-fault.ts';
import type { ExpectedAmounts } from '../testing/rig.ts';

/** What an answer means, told from the requests alone and apart from the product: delivery's table once more. */
const refused = new Set([401, 403, 404, 405, 407]);
const ambiguous = new Set([429, 502, 503, 504]);

/** Fate is what the sender has to make of a request. */
export type Fate = Outcome | 'accepted' | 'too-large';

/** What the sender has to make of what became of a request. */
function fateOf(
  { step, status }: ReceivedRequest,
  { points, isDelta }: { readonly points: number; readonly isDelta: boolean },
): Fate {
  if (status === undefined || step?.do === 'never-answer' || step?.do === 'reset') return 'ambiguous';
  if (step?.do === 'partial-success' && step.rejected > 0) {
    return isDelta && step.rejected >= points ? 'rejected' : 'partial';
  }
  if (step?.do === 'html') return 'rejected';
  if (status < 300) return 'accepted';
  if (status === 413 && points > 1) return 'too-large';
  if (refused.has(status)) return 'refused';
  return ambiguous.has(status) ? 'ambiguous' : 'rejected';
}

interface Totals {
  accepted: bigint;
  settled: bigint;
}

/**
 * ModelAccount works out from the requests that came in, and from nothing that the sender says, what the sender's account
 * must be, and watches that no window comes again with other bytes.
 */
export class ModelAccount {
  readonly #isDelta: boolean;
  readonly #sums = { accepted: 0n, rejected: 0n, unattributed: 0n };
  readonly #totals = new Map<string, Totals>();
  /** By window: the bytes it came in. */
  readonly #windows = new Map<string, string>();
  readonly #stored = new Set<string>();
  /** What no request brought that was stored. */
  #lost = 0n;
  readonly violations: string[] = [];

  constructor(isDelta: boolean) {
    this.#isDelta = isDelta;
  }

  /** How much of the deltas the collector can't have. */
  get lost(): bigint {
    return this.#lost;
  }

  /** take enters a request and says what becomes of it. */
  take(request: ReceivedRequest): Fate {
    const arrivals = [...arrivalsOf(request)];
    const fate = fateOf(request, { points: pointsIn(request), isDelta: this.#isDelta });
    if (this.#isDelta) this.#takeDeltas(request, arrivals, fate);
    else for (const arrival of arrivals) this.#takeTotal(arrival, fate);
    return fate;
  }

  /** amounts is the account that there must be when so much was recorded. */
  amounts(recorded: bigint): ExpectedAmounts {
    if (this.#isDelta) {
      const { accepted, rejected, unattributed } = this.#sums;
      return { ...this.#sums, pending: recorded - accepted - rejected - unattributed };
    }
    let accepted = 0n;
    let settled = 0n;
    for (const total of this.#totals.values()) {
      accepted += total.accepted;
      settled += total.settled;
    }
    return { accepted, unattributed: settled - accepted, pending: recorded - settled };
  }

  #takeTotal({ key, amount }: Arrival, fate: Fate): void {
    const total = this.#totals.get(key) ?? { accepted: 0n, settled: 0n };
    this.#totals.set(key, total);
    if (amount < total.settled) this.violations.push(`${key} fell from ${total.settled} to ${amount}`);
    if (fate === 'accepted') total.accepted = amount;
    if (fate === 'accepted' || fate === 'partial') total.settled = amount;
  }

  #takeDeltas(request: ReceivedRequest, arrivals: readonly Arrival[], fate: Fate): void {
    const hash = createHash('sha256').update(request.rawBody).digest('base64');
    const amount = arrivals.reduce((sum, each) => sum + each.amount, 0n);
    if (request.stored) this.#stored.add(hash);
    if (fate === 'accepted') this.#sums.accepted += amount;
    else if (fate === 'partial') this.#sums.unattributed += amount;
    else if (fate === 'rejected') {
      this.#sums.rejected += amount;
      if (!this.#stored.has(hash)) this.#lost += amount;
    }
    // Halves are other requests, and meant to be.
    if (fate === 'too-large') return;
    for (const { key, startUnixNano, endUnixNano } of arrivals) {
      const window = `${key} ${startUnixNano} ${endUnixNano}`;
      const before = this.#windows.get(window) ?? hash;
      if (before !== hash) this.violations.push(`${window} came again with other bytes`);
      this.#windows.set(window, hash);
    }
  }
}

function pointsIn({ decoded }: ReceivedRequest): number {
  if (decoded?.signal !== 'metrics') return 0;
  const metrics = decoded.message.resourceMetrics.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap((scope) => scope.metrics),
  );
  return metrics.reduce(
    (sum, { gauge, sum: total, histogram, exponentialHistogram }) =>
      sum + ((gauge ?? total ?? histogram ?? exponentialHistogram)?.dataPoints.length ?? 0),
    0,
  );
}
