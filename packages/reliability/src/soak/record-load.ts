import type { Counter, Latency, TelemetryHandle } from '@pqcnet/telemetry';

/** A handle that fell out of use is kept for a while, and now and then used again: its series may be gone by then. */
const keptHandles = 500;

export const metricNames = ['soak.bound', 'soak.by-name', 'soak.latency'] as const;

/** How many series each metric may have: some more than are live, so that churn fills it, and old ones must make room. */
export function cardinalityLimitFor(series: number): number {
  return Math.ceil((series / metricNames.length) * 1.2) + 1;
}

/**
 * Load records to many series, replaces some of them as time goes by, and keeps its own tally. Sums stay far below
 * 2^53 for days.
 */
export class Load {
  readonly #telemetry: TelemetryHandle;
  readonly #bound: Counter[];
  readonly #byName: { readonly chain: string; readonly peer: string }[];
  readonly #latencies: Latency[];
  readonly #old: Counter[] = [];
  readonly #tally: Record<(typeof metricNames)[number], number> = {
    'soak.bound': 0,
    'soak.by-name': 0,
    'soak.latency': 0,
  };
  #made = 0;
  #churned = 0;
  #records = 0;
  #failed = 0;
  /** Whose turn is next: each has one of its own, so that all series come to be recorded to. */
  readonly #turns = { any: 0, bound: 0, byName: 0, latency: 0, old: 0 };

  constructor(telemetry: TelemetryHandle, series: number) {
    this.#telemetry = telemetry;
    const length = Math.ceil(series / metricNames.length);
    this.#bound = Array.from({ length }, () => this.#makeBound());
    this.#byName = Array.from({ length }, () => this.#makeAttributes());
    this.#latencies = Array.from({ length }, () => this.#makeLatency());
  }

  /** How many records were made, and how many of them were refused (none should be). */
  get records(): { readonly made: number; readonly refused: number } {
    return { made: this.#records, refused: this.#failed };
  }

  /** How many series there were in all. */
  get seriesMade(): number {
    return this.#made;
  }

  /** What was recorded, by metric, in the unit of the account. */
  get tally(): ReadonlyMap<string, bigint> {
    return new Map(metricNames.map((name) => [name, BigInt(this.#tally[name])]));
  }

  /** record makes some records, one to each series in turn, and one to a series that fell out of use. */
  record(count: number): void {
    const turns = this.#turns;
    for (let i = 0; i < count; i++) {
      const turn = turns.any++;
      const delta = turn & 7;
      if (turn % 10 < 6) {
        this.#add(this.#bound[turns.bound++ % this.#bound.length], delta);
      } else if (turn % 10 < 9) {
        const attributes = this.#byName[turns.byName++ % this.#byName.length];
        const result = this.#telemetry.recordCounter('soak.by-name', delta, attributes);
        this.#note('soak.by-name', result.ok, delta);
      } else {
        const result = this.#latencies[turns.latency++ % this.#latencies.length]?.record(turn % 1000);
        this.#note('soak.latency', result?.ok ?? false, 1);
      }
    }
    this.#add(this.#old[turns.old++ % keptHandles], 1);
  }

  /** churn replaces a share of the live series by new ones. */
  churn(share: number): void {
    const replace = <T>(live: T[], make: () => T, retire: (each: T) => void = () => {}): void => {
      const count = Math.ceil(live.length * share);
      for (let i = 0; i < count; i++) {
        const at = this.#churned++ % live.length;
        const old = live[at];
        if (old !== undefined) retire(old);
        live[at] = make();
      }
    };
    replace(
      this.#bound,
      () => this.#makeBound(),
      (old) => (this.#old[this.#made % keptHandles] = old),
    );
    replace(this.#byName, () => this.#makeAttributes());
    replace(this.#latencies, () => this.#makeLatency());
  }

  #add(counter: Counter | undefined, delta: number): void {
    if (counter !== undefined) this.#note('soak.bound', counter.add(delta).ok, delta);
  }

  #note(name: (typeof metricNames)[number], isOk: boolean, amount: number): void {
    this.#records += 1;
    if (isOk) this.#tally[name] += amount;
    else this.#failed += 1;
  }

  #makeAttributes(): { readonly chain: string; readonly peer: string } {
    this.#made += 1;
    return { chain: `chain-${this.#made % 7}`, peer: `peer-${this.#made}` };
  }

  #makeBound(): Counter {
    return this.#telemetry.counter('soak.bound', { attributes: this.#makeAttributes() });
  }

  #makeLatency(): Latency {
    return this.#telemetry.latency('soak.latency', { attributes: this.#makeAttributes() });
  }
}
