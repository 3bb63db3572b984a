import type { Account } from '@pqcnet/telemetry';
import type { Sums } from '../collector-process/sum-book.ts';

/** HeapSample is how much was in use after a collection, and when. */
export interface HeapSample {
  readonly minutes: number;
  readonly usedMiB: number;
}

/** HeapTrend is a straight line through the second half of the samples. */
export interface HeapTrend {
  readonly samples: number;
  readonly meanMiB: number;
  /** By how much it rises a minute. */
  readonly slopeMiB: number;
  /** The same over the time of those samples, as a share of their mean. */
  readonly growth: number;
}

/** A level heap rises by chance: by less than this share of itself over the second half. */
const mostGrowth = 0.05;

/** fitHeap fits a straight line to the second half of the samples (least squares). */
export function fitHeap(samples: readonly HeapSample[]): HeapTrend {
  const half = samples.slice(Math.floor(samples.length / 2));
  const mean = (of: (sample: HeapSample) => number): number =>
    half.reduce((sum, sample) => sum + of(sample), 0) / half.length;
  const middle = mean(({ minutes }) => minutes);
  const meanMiB = mean(({ usedMiB }) => usedMiB);
  const spread = mean(({ minutes }) => (minutes - middle) ** 2);
  const slopeMiB =
    spread === 0 ? 0 : mean(({ minutes, usedMiB }) => (minutes - middle) * (usedMiB - meanMiB)) / spread;
  const lasting = (half.at(-1)?.minutes ?? 0) - (half[0]?.minutes ?? 0);
  return { samples: half.length, meanMiB, slopeMiB, growth: (slopeMiB * lasting) / meanMiB };
}

/** Finding is one thing that was looked at, and whether it is as it should be. */
export interface Finding {
  readonly isGood: boolean;
  readonly text: string;
}

/** checkAccount holds an account against the caller's own tally. */
export function checkAccount(account: Account, tally: ReadonlyMap<string, bigint>): readonly Finding[] {
  const { recorded, accepted, pending, rejected, dropped, unattributed } = account;
  const told = [...tally.values()].reduce((sum, each) => sum + each, 0n);
  const placed = accepted + pending + rejected + dropped + unattributed;
  return [
    { isGood: recorded === told, text: `account: recorded ${recorded}, the caller's tally ${told}` },
    { isGood: placed === recorded, text: `account: accounted for ${placed} of ${recorded}` },
  ];
}

/** checkSums holds what the collector has against the account, after a last flush that delivered everything. */
export function checkSums(
  account: Account,
  collected: Sums,
  temporality: 'cumulative' | 'delta' | 'low-memory',
): readonly Finding[] {
  const sum = [...collected.byName.values()].reduce((all, each) => all + each, 0n);
  const { recorded, accepted, unattributed, pending } = account;
  const isCumulative = temporality === 'cumulative';
  const expected = isCumulative ? recorded : accepted + unattributed + collected.rejectedButTaken;
  const why = isCumulative
    ? 'recorded'
    : `accepted ${accepted} + unattributed ${unattributed} + rejected after it had been taken ${collected.rejectedButTaken}`;
  return [
    { isGood: pending === 0n, text: `pending ${pending} after the last flush` },
    { isGood: sum === expected, text: `sums: the collector has ${sum}, expected ${expected} (${why})` },
    {
      isGood: collected.violations.length === 0,
      text: `windows: ${collected.violations.length === 0 ? 'none overlaps, none falls' : collected.violations.join('; ')}`,
    },
  ];
}

/** judgeHeap says whether the heap was level in the second half. */
export function judgeHeap(trend: HeapTrend): Finding {
  const { samples, meanMiB, slopeMiB, growth } = trend;
  return {
    isGood: samples >= 2 && growth <= mostGrowth,
    text:
      `heap after collections just after deliveries, second half, ${samples} samples: mean ${meanMiB.toFixed(1)} MiB, ` +
      `slope ${slopeMiB.toFixed(3)} MiB a minute, ${percent(growth)} in all (at most ${percent(mostGrowth)})`,
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
