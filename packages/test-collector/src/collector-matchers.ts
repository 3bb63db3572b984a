import { type AttributeFilter, matchesAttributes } from './attributes.ts';
import { messageOf } from './collector-error.ts';
import { describeAttributes, describePoint, describeReceived } from './describe-received.ts';
import type { MetricPoint } from './metric-point.ts';
import type { TestCollector } from './test-collector.ts';

/** What a latency is expected to be: what is given must hold. */
export interface ExpectedLatency {
  readonly count?: bigint | number;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
}

/** The outcome of a matcher, as the `expect.extend` of vitest and jest wants it. */
export interface MatcherResult {
  readonly pass: boolean;
  /** Says what was expected and what was received instead. */
  readonly message: () => string;
}

type Matcher<Expected extends readonly unknown[]> = (
  received: unknown,
  ...expected: Expected
) => MatcherResult;

/** The matchers, for `expect.extend(collectorMatchers)`. */
export const collectorMatchers: {
  readonly toHaveReceivedCounter: Matcher<
    [name: string, sum?: bigint | number, attributes?: AttributeFilter]
  >;
  readonly toHaveReceivedLatency: Matcher<
    [name: string, expected?: ExpectedLatency, attributes?: AttributeFilter]
  >;
  readonly toHaveReceivedGauge: Matcher<
    [name: string, value?: bigint | number, attributes?: AttributeFilter]
  >;
  readonly toHaveReceivedResource: Matcher<[attributes: AttributeFilter]>;
  readonly toHaveReceivedRequests: Matcher<[count: number]>;
  readonly toHaveRejectedNothing: Matcher<[]>;
  readonly toHaveConsumedScript: Matcher<[]>;
} = {
  toHaveReceivedCounter: (received, name, sum, attributes) =>
    match(received, (collector) => {
      const wanted = `the counter ${name}${describeAttributes(attributes ?? {})}`;
      const points = pointsOf(collector, name, attributes);
      if (points.length === 0) return outcome(false, wanted, nothingCalled(collector, name));
      const actual = collector.sum(name, attributes);
      const pass = sum === undefined || actual === BigInt(sum);
      return outcome(
        pass,
        sum === undefined ? wanted : `${wanted} with the sum ${sum}`,
        `the sum ${actual}`,
        points,
      );
    }),

  toHaveReceivedLatency: (received, name, expected = {}, attributes) =>
    match(received, (collector) => {
      const wanted = `the latency ${name}${describeAttributes(attributes ?? {})} with ${JSON.stringify(expected, plain)}`;
      const actual = collector.latency(name, attributes);
      if (actual === undefined) return outcome(false, wanted, nothingCalled(collector, name));
      const pass =
        (expected.count === undefined || actual.count === BigInt(expected.count)) &&
        (['sum', 'min', 'max'] as const).every(
          (key) => expected[key] === undefined || expected[key] === actual[key],
        );
      const { count, sum, min, max } = actual;
      const found = JSON.stringify({ count, sum, min, max }, plain);
      return outcome(pass, wanted, found, pointsOf(collector, name, attributes));
    }),

  toHaveReceivedGauge: (received, name, value, attributes) =>
    match(received, (collector) => {
      const wanted = `the gauge ${name}${describeAttributes(attributes ?? {})}`;
      const actual = collector.gauge(name, attributes);
      if (actual === undefined) return outcome(false, wanted, nothingCalled(collector, name));
      const pass = value === undefined || Number(actual) === Number(value);
      const points = pointsOf(collector, name, attributes);
      return outcome(
        pass,
        value === undefined ? wanted : `${wanted} at ${value}`,
        `the value ${actual}`,
        points,
      );
    }),

  toHaveReceivedResource: (received, attributes) =>
    match(received, (collector) => {
      const resources = collector.resources();
      const pass = resources.some((resource) => matchesAttributes(resource, attributes));
      const found = resources.map((resource) => describeAttributes(resource) || '{}').join(' and ');
      return outcome(pass, `a resource with ${describeAttributes(attributes)}`, found || 'no resource');
    }),

  toHaveReceivedRequests: (received, count) =>
    match(received, (collector) => {
      const { requests } = collector;
      return outcome(requests.length === count, `${count} request(s)`, describeReceived(requests, []));
    }),

  toHaveRejectedNothing: (received) =>
    match(received, (collector) => {
      const rejected = collector.requests.filter((request) => request.rejection !== undefined);
      return outcome(
        rejected.length === 0,
        'no request that it had to refuse',
        describeReceived(rejected, []),
      );
    }),

  toHaveConsumedScript: (received) =>
    match(received, (collector) => {
      try {
        collector.assertScriptConsumed();
        return outcome(true, 'a request for every step of the script', 'one for each');
      } catch (error) {
        return outcome(false, 'a request for every step of the script', messageOf(error));
      }
    }),
};

function match(received: unknown, compare: (collector: TestCollector) => MatcherResult): MatcherResult {
  if (!isCollector(received)) return { pass: false, message: () => 'expected a TestCollector' };
  try {
    return compare(received);
  } catch (error) {
    return { pass: false, message: () => messageOf(error) };
  }
}

/** By what it can do: under jest the class may have been loaded twice. */
function isCollector(value: unknown): value is TestCollector {
  return typeof value === 'object' && value !== null && 'assertScriptConsumed' in value && 'metrics' in value;
}

function pointsOf(
  collector: TestCollector,
  name: string,
  attributes: AttributeFilter | undefined,
): readonly MetricPoint[] {
  return collector.metrics({ name, ...(attributes && { attributes }) });
}

function nothingCalled(collector: TestCollector, name: string): string {
  const others = collector.metrics({ name });
  if (others.length === 0) return collector.describe();
  return `only\n${others.map((point) => `  ${describePoint(point)}`).join('\n')}`;
}

function outcome(
  pass: boolean,
  wanted: string,
  found: string,
  points: readonly MetricPoint[] = [],
): MatcherResult {
  const list = points.map((point) => `\n  ${describePoint(point)}`).join('');
  const message = (): string =>
    pass
      ? `expected the collector not to have received ${wanted}${list}`
      : `expected the collector to have received ${wanted}\nbut it has received ${found}${list}`;
  return { pass, message };
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
