import type { PromQl } from '../read-back/prom-ql.ts';
import type { Server } from '../run/server.ts';

/** Backend is a receiver that stores what it takes, and answers PromQL. */
export interface Backend {
  readonly title: string;
  /** Encodings and compressions that it takes. */
  readonly ways: readonly Way[];
  /** Those of ours that it doesn't take, and what it says to them. */
  readonly refusedWays: readonly (Way & { readonly says: RegExp })[];
  /** What it makes of the names of metrics and labels. */
  readonly names: BackendNames;
  start(): Promise<RunningBackend>;
  /** The query for a quantile over the last five minutes of a latency that is recorded in exponential buckets. */
  exponentialQuantile(quantile: number, latency: string): string;
  /** The same for the mean. */
  exponentialMean(latency: string): string;
}

/** Way is an encoding and a compression of requests. */
export interface Way {
  readonly protocol: 'http/json' | 'http/protobuf';
  readonly compression: 'none' | 'gzip' | 'zstd';
}

/** BackendNames turns our names into those that queries need. */
interface BackendNames {
  counter(name: string, unit?: string): string;
  gauge(name: string, unit?: string): string;
  /** The name to which `_count`, `_sum` and `_bucket` are added. */
  histogram(name: string, unit?: string): string;
  label(key: string): string;
  readonly serviceName: string;
  readonly serviceInstanceId: string;
}

/** RunningBackend is a backend's server. */
export interface RunningBackend extends Server {
  /** The base URL for our configuration. */
  readonly endpoint: string;
  readonly promQl: PromQl;
  /** Makes queries see all that was taken. */
  settle(): Promise<void>;
}

/** selector selects series by name and labels. */
export function selector(name: string, labels: Readonly<Record<string, string>> = {}): string {
  const matchers = Object.entries({ __name__: name, ...labels }).map(
    ([key, value]) => `${/^\w+$/.test(key) ? key : JSON.stringify(key)}=${JSON.stringify(value)}`,
  );
  return `{${matchers.join(',')}}`;
}
