import type { Clock } from '../clock.ts';
import type { ExportedPart, Exporter, PointRange } from '../exporter.ts';
import type { TakenSnapshot } from '../snapshot/taken-snapshot.ts';
import { runExport } from './run-export.ts';

/** OpenRange is points that are not settled. */
export interface OpenRange extends PointRange {
  /** Whether the receiver may have taken them: some request with them ended without an answer that settles it. */
  readonly mayBeTaken: boolean;
}

/** DeliveryWindow is a snapshot on its way, and what of it is not settled yet. */
export interface DeliveryWindow {
  readonly snapshot: TakenSnapshot;
  readonly open: readonly OpenRange[];
}

/** Delivery is how far one flush got with a window. */
export interface Delivery {
  /** What is still not settled. */
  readonly open: readonly OpenRange[];
  /** The last known outcome of each range, in point order. Empty when no request was made. */
  readonly parts: readonly ExportedPart[];
  /** How many times the exporter was called. */
  readonly attempts: number;
}

/**
 * deliverWindow exports a window, and what fails for a reason that may pass again and again, as long as there is time:
 * always the identical points.
 */
export async function deliverWindow(
  window: DeliveryWindow,
  options: {
    readonly exporter: Exporter;
    readonly clock: Clock;
    /** How many tries there may be. */
    readonly maxAttempts: number;
    /** When all has to be over, on the monotonic clock. */
    readonly deadlineMs: () => number;
    /** Waits until it may be tried again; false when that is too late. */
    readonly awaitTurn: () => Promise<boolean>;
    /** Hears what an export begins with, and how to have it stopped. */
    readonly onBegun: (open: readonly OpenRange[], abort: () => void) => void;
    /** Gets the outcomes of each try, and what is open after it. */
    readonly onAnswered: (parts: readonly ExportedPart[], open: readonly OpenRange[]) => void;
  },
): Promise<Delivery> {
  const { snapshot } = window;
  let { open } = window;
  let parts: readonly ExportedPart[] = [];
  let attempts = 0;
  while (open.length > 0 && (attempts === 0 || (await options.awaitTurn()))) {
    attempts += 1;
    const begun = open;
    const isWhole = open[0]?.from === 0 && open[0].to === snapshot.points.length;
    const answered = await runExport(options.exporter, snapshot, {
      clock: options.clock,
      timeoutMs: Math.max(0, options.deadlineMs() - options.clock.monotonicMs()),
      onBegun: (abort) => options.onBegun(begun, abort),
      ranges: isWhole ? undefined : open.map(({ from, to }) => ({ from, to })),
    });
    open = stillOpen(answered, open);
    options.onAnswered(answered, open);
    parts = mergeParts(parts, answered);
    if (attempts >= options.maxAttempts || !answered.some(mayPass)) break;
  }
  return { open, parts, attempts };
}

/** isSettled says whether an outcome is final for the window. */
export function isSettled({ outcome }: ExportedPart): boolean {
  return outcome.status === 'accepted' || outcome.status === 'partial' || outcome.status === 'rejected';
}

/** Whether trying again soon may help. */
function mayPass({ outcome }: ExportedPart): boolean {
  return outcome.status === 'not-delivered' || outcome.status === 'ambiguous';
}

/** stillOpen gives what is open after a try. */
export function stillOpen(
  answered: readonly ExportedPart[],
  before: readonly OpenRange[],
): readonly OpenRange[] {
  return answered
    .filter((part) => !isSettled(part))
    .map(({ from, to, outcome }) => {
      const wasOpen = before.find((range) => range.from <= from && to <= range.to);
      return { from, to, mayBeTaken: outcome.status === 'ambiguous' || wasOpen?.mayBeTaken === true };
    });
}

/** The parts of earlier tries with those of the last one in their place. */
function mergeParts(
  before: readonly ExportedPart[],
  after: readonly ExportedPart[],
): readonly ExportedPart[] {
  if (before.length === 0) return after;
  const untouched = before.filter((part) => !after.some(({ from, to }) => part.from < to && from < part.to));
  return [...untouched, ...after].toSorted((a, b) => a.from - b.from);
}
