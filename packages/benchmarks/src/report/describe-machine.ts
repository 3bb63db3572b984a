import { cpus, loadavg, totalmem } from 'node:os';

/** Circumstances are what the figures were measured with. */
export interface Circumstances {
  /** ISO 8601, to the minute. */
  readonly date: string;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** What else went on: the load of the last minute before the run. */
  readonly loadBefore: number;
}

/** describeMachine looks at this machine, at the given time. */
export function describeMachine(now: Date): Circumstances {
  const processors = cpus();
  return {
    date: `${now.toISOString().slice(0, 16)}Z`,
    node: process.version,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

/** sayMachine puts that into a sentence. */
export function sayMachine(circumstances: Circumstances): string {
  const { date, node, v8, platform, cpu, cores, memoryGiB, loadBefore } = circumstances;
  return `${date}, Node ${node} (V8 ${v8}), ${platform}, ${cores} cores of ${cpu}, ${memoryGiB} GiB, load before the run ${loadBefore}`;
}
