import {
  type Clock,
  type FlushResult,
  TelemetryHandle,
  type TelemetryConfigInput,
  validateConfig,
} from '@pqcnet/telemetry';
import { TestCollector, type TestCollectorOptions } from '@pqcnet/telemetry-test-collector';
import { expect } from 'vitest';
import { FaultProxy } from '../proxy/fault-proxy.ts';
import { HandClock, longMs } from './hand-clock.ts';
import { Workload } from './workload.ts';

export type Temporality = 'cumulative' | 'delta';
export type Protocol = 'http/json' | 'http/protobuf';

export interface RigOptions {
  readonly temporality?: Temporality;
  readonly protocol?: Protocol;
  /** What else the configuration says. `endpoint` leads elsewhere than to the rig's collector. */
  readonly config?: TelemetryConfigInput;
  readonly collector?: TestCollectorOptions;
  /** Whether connections go through a FaultProxy. */
  readonly isProxied?: boolean;
}

/** Amounts as in the account; what is left out is 0. */
export interface ExpectedAmounts {
  readonly accepted?: bigint;
  readonly pending?: bigint;
  readonly rejected?: bigint;
  readonly dropped?: bigint;
  readonly unattributed?: bigint;
}

/**
 * oneTry makes a flush that makes one request, or none: no wait is so short. On a clock that stands still it has all the
 * time of the machine for it.
 */
export const oneTry: { readonly force: true; readonly timeoutMs: number } = { force: true, timeoutMs: 1 };

/** Rig is a collector, a handle that flushes to it, and a caller with a tally of its own. */
export class Rig implements AsyncDisposable {
  readonly collector: TestCollector;
  /** What all connections to the collector go through, where that was asked for. */
  readonly proxy: FaultProxy | undefined;
  readonly telemetry: TelemetryHandle;
  readonly workload: Workload;

  constructor(parts: {
    readonly collector: TestCollector;
    readonly proxy: FaultProxy | undefined;
    readonly telemetry: TelemetryHandle;
  }) {
    const { collector, proxy, telemetry } = parts;
    this.collector = collector;
    this.proxy = proxy;
    this.telemetry = telemetry;
    this.workload = new Workload(telemetry);
  }

  static async start(options: RigOptions & { readonly clock?: Clock } = {}): Promise<Rig> {
    const { temporality = 'cumulative', protocol = 'http/json', clock = new HandClock() } = options;
    const collector = await TestCollector.start(options.collector);
    const proxy = options.isProxied === true ? await FaultProxy.start(collector.port) : undefined;
    const config = validateConfig(
      { endpoint: proxy?.url ?? collector.url, temporality, protocol, ...options.config },
      { environment: {} },
    );
    return new Rig({ collector, proxy, telemetry: TelemetryHandle.fromConfig(config, { clock }) });
  }

  /** deliver flushes, and that has to succeed. */
  async deliver(): Promise<void> {
    const result = await this.telemetry.flush({ force: true, timeoutMs: longMs });
    if (!result.ok) throw result.error;
  }

  /** failToFlush flushes with one try, and that has to fail. */
  async failToFlush(timeoutMs: number = oneTry.timeoutMs): Promise<FlushResult & { readonly ok: false }> {
    const result = await this.telemetry.flush({ ...oneTry, timeoutMs });
    if (result.ok) throw new Error('the flush succeeded');
    return result;
  }

  /** The account says what the caller's own tally says was recorded, and where it is. */
  checkAccount(expected: ExpectedAmounts): void {
    const nothing = { accepted: 0n, pending: 0n, rejected: 0n, dropped: 0n, unattributed: 0n };
    const { byName, ...amounts } = this.telemetry.account();
    expect(amounts).toEqual({ recorded: this.workload.recorded, ...nothing, ...expected });
    const { recorded, accepted, pending, rejected, dropped, unattributed } = amounts;
    expect(accepted + pending + rejected + dropped + unattributed).toBe(recorded);
    const recordedByName = [...byName].map(([name, each]) => [name, each.recorded] as const);
    expect(new Map(recordedByName)).toEqual(this.workload.byName);
  }

  /** What the collector has of everything, duplicates of identical requests removed. */
  get collected(): bigint {
    return this.workload.series.reduce((sum, series) => sum + collectedOf(this.collector, series), 0n);
  }

  /** The collector has every series as it was recorded, and no window came again with other bytes. */
  checkCollectedAll(): void {
    for (const series of this.workload.series) {
      const { name, attributes, recorded } = series;
      expect([name, attributes, collectedOf(this.collector, series)]).toEqual([name, attributes, recorded]);
    }
    this.checkDuplicates();
  }

  /** No window of a sum or a histogram came twice but in identical requests. A gauge that rests has the same time. */
  checkDuplicates(): void {
    const others = this.collector.duplicates().filter(({ identical }) => !identical);
    const windows = others.flatMap(({ points }) => points.filter(({ kind }) => kind !== 'gauge'));
    expect(windows.map(({ name, attributes, timeUnixNano }) => [name, attributes, timeUnixNano])).toEqual([]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // With nobody there, the last flush is over at once.
    await this.proxy?.close();
    await this.collector.close();
    await this.telemetry.shutdown({ timeoutMs: 1 });
  }
}

function collectedOf(
  collector: TestCollector,
  { kind, name, attributes }: Workload['series'][number],
): bigint {
  const filter = Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key, String(value)] as const),
  );
  return kind === 'counter'
    ? collector.sum(name, filter, { duplicates: 'once' })
    : (collector.latency(name, filter, { duplicates: 'once' })?.count ?? 0n);
}
