import type { FlushResult } from '@pqcnet/telemetry';
import { expect } from 'vitest';
import type { Protocol, Rig, Temporality } from './rig.ts';
import type { Workload } from './workload.ts';

/** Outcome is what is known about a request that was not accepted. */
export type Outcome = 'not-delivered' | 'refused' | 'ambiguous' | 'partial' | 'rejected';

/** Fault is one thing that goes wrong with one flush. */
export interface Fault {
  readonly outcome: Outcome;
  readonly code: string;
  readonly httpStatus?: number;
  /** Text that the error's message has. */
  readonly says?: string;
  /** Records something, and says how much. Default: a round of the workload. */
  readonly record?: (workload: Workload) => bigint;
  /** Makes it go wrong, and gives the result of the one flush that met it. */
  readonly stage: (rig: Rig) => Promise<FlushResult & { readonly ok: false }>;
  /** Makes the collector well again, where that takes anything. */
  readonly heal?: (rig: Rig) => void | Promise<void>;
  /** Whether a request reaches the collector's log. Default: unless not-delivered. */
  readonly isSeen?: boolean;
  /** Whether it meets a fresh connection, not one that is kept alive. */
  readonly isFresh?: boolean;
}

/** In every temporality and encoding. */
export const everyWay: readonly (readonly [Temporality, Protocol])[] = [
  ['cumulative', 'http/json'],
  ['cumulative', 'http/protobuf'],
  ['delta', 'http/json'],
  ['delta', 'http/protobuf'],
];

type Becomes = 'pending' | 'rejected' | 'unattributed';

/** Where what was sent is afterwards, and whether it is kept. */
function consequenceOf(
  outcome: Outcome,
  temporality: Temporality,
): { readonly becomes: Becomes; readonly kept: boolean } {
  if (outcome === 'partial') return { becomes: 'unattributed', kept: false };
  if (outcome === 'rejected' && temporality === 'delta') return { becomes: 'rejected', kept: false };
  return { becomes: 'pending', kept: true };
}

/**
 * playFault delivers something, lets a flush meet the fault, records on, lets the collector be well again, flushes, and
 * holds every step against what the outcome means in that temporality.
 */
export async function playFault(rig: Rig, temporality: Temporality, fault: Fault): Promise<void> {
  const { workload, collector } = rig;
  const { becomes, kept } = consequenceOf(fault.outcome, temporality);
  const record = fault.record ?? ((each: Workload) => each.recordRound());
  const delivered = record(workload);
  if (fault.isFresh) collector.script([{ do: 'answer', status: 200, headers: { connection: 'close' } }]);
  await rig.deliver();
  rig.checkAccount({ accepted: delivered });

  const hit = record(workload);
  const seenBefore = collector.requests.length;
  const { error } = await fault.stage(rig);
  const { code, httpStatus, outcome, says } = { httpStatus: undefined, says: '', ...fault };
  expect(error).toMatchObject({ code, outcome, kept, httpStatus, message: expect.stringContaining(says) });
  rig.checkAccount({ accepted: delivered, [becomes]: hit });

  const later = record(workload);
  const other = becomes === 'pending' ? {} : { [becomes]: hit };
  rig.checkAccount({ accepted: delivered, ...other, pending: becomes === 'pending' ? hit + later : later });

  await fault.heal?.(rig);
  collector.assertScriptConsumed();
  const isSeen = fault.isSeen ?? fault.outcome !== 'not-delivered';
  const seen = collector.requests.length;
  expect(seen - seenBefore).toBe(isSeen ? 1 : 0);
  await rig.deliver();
  const [again, ...rest] = collector.requests.slice(seen);
  // Deltas that may have been taken go again as they were, and what is newer after them. All else goes in one.
  const isSentAgain = temporality === 'delta' && outcome === 'ambiguous';
  expect(rest).toHaveLength(isSentAgain ? 1 : 0);
  const first = collector.requests[seenBefore];
  if (isSeen && isSentAgain) {
    const length = first?.body === undefined ? first?.rawBody.length : undefined;
    expect(Buffer.from(again?.rawBody.subarray(0, length) ?? [])).toEqual(Buffer.from(first?.rawBody ?? []));
  }

  if (temporality === 'cumulative' || becomes === 'pending') {
    rig.checkAccount({ accepted: delivered + hit + later });
    rig.checkCollectedAll();
    return;
  }
  // What a receiver may or may not have taken stays so; this collector counts all of a request that it took in part.
  rig.checkAccount({ accepted: delivered + later, ...other });
  expect(rig.collected).toBe(delivered + later + (becomes === 'unattributed' ? hit : 0n));
  rig.checkDuplicates();
}
