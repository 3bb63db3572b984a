import type { Clock } from '../clock.ts';
import type { ExportedPart } from '../exporter.ts';

/** The first wait after a failure, and the longest one. */
const firstBackoffMs = 1000;
const longestBackoffMs = 30_000;
const growth = 1.5;
/** A wait is up to this share shorter or longer, so that many nodes don't come back all at once. */
const jitter = 0.2;
/** However long a receiver asks to be left alone. */
const longestNotBeforeMs = 5 * 60_000;

/**
 * RetryPace says when the next request may be made: exponential backoff with jitter after failures, and not before a
 * receiver said so. It outlives a flush, so that flushing often is no retry storm.
 *
 * Source: OTLP specification, "OTLP/HTTP Throttling" and "All Other Responses".
 */
export class RetryPace {
  readonly #clock: Clock;
  readonly #random: () => number;
  /** How many requests failed in a row. */
  #failures = 0;
  #backoffUntilMs = -Infinity;
  #notBeforeMs = -Infinity;

  /** @param random gives numbers from 0 (inclusive) to 1 */
  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** How long to wait from now, in milliseconds; `force` leaves the backoff out, never what the receiver asked for. */
  waitMs(options: { readonly force: boolean }): number {
    const untilMs = options.force ? this.#notBeforeMs : Math.max(this.#notBeforeMs, this.#backoffUntilMs);
    return Math.max(0, untilMs - this.#clock.monotonicMs());
  }

  /** Takes note of how an export went. */
  note(parts: readonly ExportedPart[]): void {
    if (parts.length === 0) return;
    const nowMs = this.#clock.monotonicMs();
    let isAnyFailed = false;
    for (const { outcome } of parts) {
      if (outcome.status === 'accepted' || outcome.status === 'partial') continue;
      isAnyFailed = true;
      const askedMs = (outcome.notBeforeUnixMs ?? -Infinity) - this.#clock.unixMs();
      if (Number.isNaN(askedMs)) continue;
      this.#notBeforeMs = Math.max(this.#notBeforeMs, nowMs + Math.min(askedMs, longestNotBeforeMs));
    }
    if (!isAnyFailed) {
      this.#failures = 0;
      this.#backoffUntilMs = -Infinity;
      return;
    }
    const backoffMs = Math.min(firstBackoffMs * growth ** this.#failures, longestBackoffMs);
    this.#failures += 1;
    this.#backoffUntilMs = nowMs + backoffMs * (1 - jitter + 2 * jitter * this.#random());
  }
}
