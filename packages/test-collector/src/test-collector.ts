import { type AttributeFilter, type Attributes, matchesAttributes } from './attributes.ts';
import { CollectorError } from './collector-error.ts';
import { type ResolvedOptions, resolveOptions, type TestCollectorOptions } from './collector-options.ts';
import type { LogRecord, Span } from './decoded-request.ts';
import { describeReceived } from './describe-received.ts';
import { type Duplicate, findDuplicates } from './find-duplicates.ts';
import { flattenMetrics } from './flatten-metrics.ts';
import { handleRequest } from './handle-request.ts';
import { type Listener, openListener } from './listen.ts';
import { latestGauge, listLogRecords, listResources, listSpans } from './list-signals.ts';
import { type LatencySummary, mergeHistograms } from './merge-histograms.ts';
import type { MetricPoint } from './metric-point.ts';
import type { ReceivedRequest } from './received-request.ts';
import { RequestLog } from './request-log.ts';
import { Script, type ScriptFunction } from './script.ts';
import type { ScriptStep } from './script-step.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';
import { type SumOptions, sumPoints } from './sum-points.ts';
import { waitFor, type WaitOptions } from './wait-for.ts';

/** Which points to list: every condition that is given must hold. */
export interface MetricFilter {
  readonly name?: string;
  readonly attributes?: AttributeFilter;
  readonly kind?: MetricPoint['kind'];
}

interface CollectorParts {
  readonly options: ResolvedOptions;
  readonly certificate: string | undefined;
  readonly log: RequestLog;
  readonly script: Script;
  readonly listener: Listener;
}

/**
 * TestCollector is a real OTLP/HTTP collector on a loopback port: it decodes what arrives, answers as the protocol says,
 * keeps it for assertions, and misbehaves when a script tells it to.
 */
export class TestCollector implements AsyncDisposable {
  readonly #options: ResolvedOptions;
  readonly #log: RequestLog;
  readonly #script: Script;
  readonly #listener: Listener;
  readonly #certificate: string | undefined;
  readonly #points = new WeakMap<ReceivedRequest, readonly MetricPoint[]>();

  private constructor(parts: CollectorParts) {
    this.#options = parts.options;
    this.#log = parts.log;
    this.#certificate = parts.certificate;
    this.#script = parts.script;
    this.#listener = parts.listener;
  }

  /**
   * Starts a collector; it listens when the promise resolves.
   *
   * @throws CollectorError INVALID_OPTION or ADDRESS_UNAVAILABLE
   */
  static async start(options: TestCollectorOptions = {}): Promise<TestCollector> {
    const resolved = resolveOptions(options);
    const log = new RequestLog(resolved.limits.maxRequests);
    const script = new Script();
    const { tls, host } = resolved;
    const keys =
      tls === 'self-signed'
        ? selfSignedCertificate({ hosts: host === '::' || host === '0.0.0.0' ? [] : [host] })
        : tls;
    const listener = await openListener({ ...resolved, keys }, (request, response) => {
      const context = { options: resolved, log, script, connections: listener.connections };
      handleRequest(request, response, context).catch((error: unknown) => {
        script.fail(error); // a step with a header that can't be sent, say
        response.destroy();
      });
    });
    return new TestCollector({
      options: resolved,
      certificate: keys === undefined ? undefined : Buffer.from(keys.cert).toString(),
      log,
      script,
      listener,
    });
  }

  /** The base URL, for instance `http://127.0.0.1:41873`; OTLP appends `/v1/metrics` to it. */
  get url(): string {
    const { host, tls } = this.#options;
    const name = host.includes(':') ? `[${host}]` : host;
    return `${tls === undefined ? 'http' : 'https'}://${name}:${this.port}`;
  }

  /** The port it listens on. */
  get port(): number {
    return this.#listener.port;
  }

  /** The certificate of a collector with `tls`, as PEM, for the client to trust; undefined without. */
  get certificate(): string | undefined {
    return this.#certificate;
  }

  /** How many connections were opened since the start, and how many are open. */
  get connections(): { readonly opened: number; readonly open: number } {
    const { opened, open } = this.#listener.connections;
    return { opened, open };
  }

  /** Every request since the start or the last `reset()`, refused ones too, as recorded: just before the answer. */
  get requests(): readonly ReceivedRequest[] {
    return [...this.#log.requests];
  }

  /** The data points of the stored requests, as a flat list in order of arrival. */
  metrics({ name, attributes, kind }: MetricFilter = {}): readonly MetricPoint[] {
    return this.#stored()
      .flatMap((request) => this.#pointsOf(request))
      .filter(
        (point) =>
          (name === undefined || point.name === name) &&
          (kind === undefined || point.kind === kind) &&
          matchesAttributes(point.attributes, attributes),
      );
  }

  /**
   * The sum over all series of that name which have those attributes; 0n when nothing arrived. It understands
   * temporality (delta windows are added, of cumulative ones the last value counts), resets (a later start time, or a
   * monotonic value that fell) and, when asked, duplicates.
   *
   * @throws CollectorError WRONG_KIND or NOT_AN_INTEGER
   */
  sum(name: string, attributes?: AttributeFilter, options?: SumOptions): bigint {
    return sumPoints(this.metrics({ name, ...(attributes && { attributes }) }), options);
  }

  /**
   * All that arrived of a histogram, explicit or exponential, over its series, windows and resets; undefined when nothing
   * did.
   *
   * @throws CollectorError WRONG_KIND
   */
  latency(name: string, attributes?: AttributeFilter, options?: SumOptions): LatencySummary | undefined {
    return mergeHistograms(this.metrics({ name, ...(attributes && { attributes }) }), options);
  }

  /**
   * The value of the latest point (by its time) of a gauge; undefined when nothing arrived.
   *
   * @throws CollectorError WRONG_KIND
   */
  gauge(name: string, attributes?: AttributeFilter): bigint | number | undefined {
    return latestGauge(this.metrics({ name, ...(attributes && { attributes }) }));
  }

  /** The windows that arrived more than once, and whether their requests were identical. */
  duplicates(filter?: MetricFilter): readonly Duplicate[] {
    return findDuplicates(this.metrics(filter));
  }

  /** The resource attributes of the latest stored request of any signal; undefined when nothing arrived. */
  resource(): Attributes | undefined {
    return this.resources().at(-1);
  }

  /** The distinct resources of the stored requests of all signals, the most recently seen last. */
  resources(): readonly Attributes[] {
    return listResources(this.#stored());
  }

  /** The spans of the stored requests to `/v1/traces`. */
  spans(): readonly Span[] {
    return listSpans(this.#stored());
  }

  /** The records of the stored requests to `/v1/logs`. */
  logRecords(): readonly LogRecord[] {
    return listLogRecords(this.#stored());
  }

  /**
   * Resolves with the first truthy value of `condition`, which is tried now and after every request.
   *
   * @throws CollectorError WAIT_TIMED_OUT, telling what arrived instead; what `condition` throws; the signal's reason
   */
  async waitFor<Value>(condition: (collector: this) => Value, options: WaitOptions = {}): Promise<Value> {
    return waitFor(() => condition(this), { ...options, log: this.#log, describe: () => this.describe() });
  }

  /** Calls the listener with every request when it is recorded; the function that is returned ends it. */
  onRequest(listener: (request: ReceivedRequest) => void): () => void {
    return this.#log.subscribe(listener);
  }

  /** What arrived, as text for a message: a line for each request and data point, the last 20 of each. */
  describe(): string {
    return describeReceived(this.#log.requests, this.metrics());
  }

  /**
   * Says what the next requests get: a list is used up in order, after what is left of an earlier one; a function is
   * asked for every request that no list has a step for. Requests beyond are answered as the protocol says.
   *
   * @throws CollectorError INVALID_OPTION for a step with a value that can't be used
   */
  script(script: readonly ScriptStep[] | ScriptFunction): void {
    this.#script.add(script);
  }

  /**
   * Checks that every step of the script got its request.
   *
   * @throws CollectorError SCRIPT_NOT_CONSUMED, listing the steps that are left, or with the cause that kept one from being performed
   */
  assertScriptConsumed(): void {
    this.#script.assertConsumed();
  }

  /** Forgets the requests and the script; connections stay. */
  reset(): void {
    this.#log.clear();
    this.#script.clear();
  }

  /** Closes the connections on which no request is under way, as a server does whose idle time-out is over. */
  closeIdleConnections(): void {
    this.#listener.connections.closeIdle();
  }

  /** Resets (TCP RST) every open connection. */
  resetConnections(): void {
    this.#listener.connections.resetAll();
  }

  /** Leaves new connections alone for this long, in ms, before a byte of them is read; 0 ends it. */
  delayConnections(delayMs: number): void {
    if (!(delayMs >= 0 && delayMs < 2 ** 31)) {
      throw new CollectorError('INVALID_OPTION', `delayMs: expected 0 to 2147483647, found ${delayMs}`);
    }
    this.#listener.acceptDelayMs = delayMs;
  }

  /** Stops listening, as a collector that went down: connections are closed, new ones refused. What was kept stays. */
  async pause(): Promise<void> {
    await this.#listener.close();
  }

  /** Listens again, on the same port. */
  async resume(): Promise<void> {
    await this.#listener.listen();
  }

  /** Stops listening and closes every connection; what was received can still be read. Twice is the same as once. */
  async close(): Promise<void> {
    await this.#listener.close();
  }

  /** Closes, at the end of an `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #stored(): readonly ReceivedRequest[] {
    return this.#log.requests.filter((request) => request.stored);
  }

  #pointsOf(request: ReceivedRequest): readonly MetricPoint[] {
    let points = this.#points.get(request);
    if (points === undefined) {
      points = flattenMetrics(request);
      this.#points.set(request, points);
    }
    return points;
  }
}
