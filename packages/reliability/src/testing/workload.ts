import type { Attributes, Result, TelemetryError, TelemetryHandle } from '@pqcnet/telemetry';

/** SeriesTally is what the caller put into one series. */
export interface SeriesTally {
  readonly name: string;
  readonly attributes: Attributes;
  readonly kind: 'counter' | 'latency';
  /** The sum of what was added, or the number of records. */
  recorded: bigint;
}

const chains = ['base', 'eth', 'sol'];

/** Workload records, and keeps a tally of its own of all that it recorded: what an account has to agree with. */
export class Workload {
  readonly #telemetry: TelemetryHandle;
  readonly #series = new Map<string, SeriesTally>();
  #rounds = 0;

  constructor(telemetry: TelemetryHandle) {
    this.#telemetry = telemetry;
  }

  /** Every series, in the order of its first record. */
  get series(): readonly SeriesTally[] {
    return [...this.#series.values()];
  }

  /** All that was recorded: counters in sums, latencies in numbers of records. */
  get recorded(): bigint {
    return this.series.reduce((sum, { recorded }) => sum + recorded, 0n);
  }

  /** The same by metric. */
  get byName(): ReadonlyMap<string, bigint> {
    const sums = new Map<string, bigint>();
    for (const { name, recorded } of this.series) sums.set(name, (sums.get(name) ?? 0n) + recorded);
    return sums;
  }

  count(name: string, delta: number | bigint, attributes: Attributes = {}): void {
    requireSuccess(this.#telemetry.recordCounter(name, delta, attributes));
    this.#tell({ name, attributes, kind: 'counter' }, BigInt(delta));
  }

  measure(name: string, milliseconds: number, attributes: Attributes = {}): void {
    requireSuccess(this.#telemetry.recordLatencyMs(name, milliseconds, attributes));
    this.#tell({ name, attributes, kind: 'latency' }, 1n);
  }

  /** recordRound records a bit of everything, other amounts in each round, and says how much that was. */
  recordRound(): bigint {
    const before = this.recorded;
    this.#rounds += 1;
    for (const [i, chain] of chains.entries()) {
      this.count('ingest.success', 100 * this.#rounds + i, { chain });
      this.measure('pipeline', this.#rounds + i, { chain });
    }
    this.count('ingest.bytes', 2n ** 53n + BigInt(this.#rounds));
    requireSuccess(this.#telemetry.recordGauge('queue.depth', this.#rounds));
    return this.recorded - before;
  }

  #tell(series: Omit<SeriesTally, 'recorded'>, amount: bigint): void {
    const key = JSON.stringify([series.name, Object.entries(series.attributes).map(String).toSorted()]);
    const tally = this.#series.get(key) ?? { ...series, recorded: 0n };
    this.#series.set(key, tally);
    tally.recorded += amount;
  }
}

function requireSuccess(result: Result<void, TelemetryError>): void {
  if (!result.ok) throw result.error;
}
