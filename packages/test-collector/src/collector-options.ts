import type { IncomingHttpHeaders } from 'node:http';
import { CollectorError } from './collector-error.ts';
import type { Signal } from './received-request.ts';

/** The key and certificate of a collector that speaks https, as PEM. */
export interface CollectorTls {
  readonly key: string | Uint8Array;
  readonly cert: string | Uint8Array;
  /** Ask for a client certificate and accept only those that this authority signed (mTLS). */
  readonly clientCa?: string | Uint8Array;
}

/** What the collector bounds. A request past a limit gets the protocol's answer and is kept as rejected. */
export interface CollectorLimits {
  /** Bytes of a body as sent; 64 MiB unless given (the protocol's bound for a request). */
  readonly maxBodyBytes?: number;
  /** Bytes of a body after decompression; 64 MiB unless given. */
  readonly maxInflatedBytes?: number;
  /** Bytes of the headers; 16 KiB unless given. */
  readonly maxHeaderBytes?: number;
  /** Time from the first byte of a connection, or of a request, to the end of the headers; 10 s unless given. */
  readonly headerTimeoutMs?: number;
  /** Time from the headers to the end of the body; 30 s unless given. */
  readonly bodyTimeoutMs?: number;
  /** How long a connection without a request stays open; 60 s unless given. */
  readonly idleTimeoutMs?: number;
  /** How many requests are kept: past it the oldest are forgotten. Unbounded unless given. */
  readonly maxRequests?: number;
}

/** What `TestCollector.start` takes. Every member is optional. */
export interface TestCollectorOptions {
  /** 0, for a free one, unless given. */
  readonly port?: number;
  /** 127.0.0.1 unless given: nothing outside this machine reaches it. */
  readonly host?: string;
  /** https instead of http; `'self-signed'` makes a certificate, to be read from `collector.certificate`. */
  readonly tls?: CollectorTls | 'self-signed';
  /** Headers that a request must have, by name, or a function of its headers; without them it gets 401. */
  readonly auth?: Readonly<Record<string, string>> | ((headers: Readonly<IncomingHttpHeaders>) => boolean);
  /** The paths that are served; `/v1/metrics`, `/v1/traces`, `/v1/logs` unless given. */
  readonly paths?: Readonly<Partial<Record<Signal, string>>>;
  readonly limits?: CollectorLimits;
}

/** The options with their defaults, checked. */
export interface ResolvedOptions extends Omit<TestCollectorOptions, 'port' | 'host' | 'limits' | 'paths'> {
  readonly port: number;
  readonly host: string;
  readonly paths: ReadonlyMap<string, Signal>;
  readonly limits: Required<CollectorLimits>;
}

const mebibyte = 2 ** 20;

const defaultLimits: Required<CollectorLimits> = {
  maxBodyBytes: 64 * mebibyte,
  maxInflatedBytes: 64 * mebibyte,
  maxHeaderBytes: 16 * 1024,
  headerTimeoutMs: 10_000,
  bodyTimeoutMs: 30_000,
  idleTimeoutMs: 60_000,
  maxRequests: Number.POSITIVE_INFINITY,
};

/**
 * resolveOptions fills in the defaults.
 *
 * @throws CollectorError INVALID_OPTION, naming the option, the value and what was expected
 */
export function resolveOptions(options: TestCollectorOptions = {}): ResolvedOptions {
  const { port = 0, host = '127.0.0.1' } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new CollectorError('INVALID_OPTION', `port: expected 0 to 65535, found ${port}`);
  }
  return {
    ...options,
    port,
    host,
    limits: resolveLimits(options.limits),
    paths: new Map([
      [options.paths?.metrics ?? '/v1/metrics', 'metrics'],
      [options.paths?.traces ?? '/v1/traces', 'traces'],
      [options.paths?.logs ?? '/v1/logs', 'logs'],
    ]),
  };
}

function resolveLimits(limits: CollectorLimits = {}): Required<CollectorLimits> {
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!Object.hasOwn(defaultLimits, name)) {
      const known = Object.keys(defaultLimits).join(', ');
      throw new CollectorError('INVALID_OPTION', `limits.${name}: no such limit; there are ${known}`);
    }
    const maximum = name.endsWith('Ms') ? 2 ** 31 - 1 : Number.POSITIVE_INFINITY;
    if (typeof value !== 'number' || !(value > 0 && value <= maximum)) {
      throw new CollectorError('INVALID_OPTION', `limits.${name}: expected a number above 0, found ${value}`);
    }
  }
  return { ...defaultLimits, ...Object.fromEntries(given) };
}
