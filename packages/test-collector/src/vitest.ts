import type { AttributeFilter } from './attributes.ts';
import { collectorMatchers, type ExpectedLatency, type MatcherResult } from './collector-matchers.ts';
import type { TestCollectorOptions } from './collector-options.ts';
import { TestCollector } from './test-collector.ts';

/** The interface of vitest that has the collector's matchers, too. Naming it here makes TypeScript find it. */
export type { Matchers as VitestMatchers } from 'vitest';
export { collectorMatchers, type ExpectedLatency, type MatcherResult };

/** The matchers as methods, for the types of `expect(collector)`. `R` is what an assertion returns. */
export interface CollectorMatchers<R = void> {
  /** The sum of a counter over its series with these attributes; without a sum, that any point of it arrived. */
  toHaveReceivedCounter(name: string, sum?: bigint | number, attributes?: AttributeFilter): R;
  /** The count, sum, min and max of a histogram, as far as given; without any, that any point of it arrived. */
  toHaveReceivedLatency(name: string, expected?: ExpectedLatency, attributes?: AttributeFilter): R;
  /** The latest value of a gauge; without a value, that any point of it arrived. */
  toHaveReceivedGauge(name: string, value?: bigint | number, attributes?: AttributeFilter): R;
  /** A resource that has these attributes, among others. */
  toHaveReceivedResource(attributes: AttributeFilter): R;
  /** So many requests since the start or the last reset, whatever became of them. */
  toHaveReceivedRequests(count: number): R;
  /** That no request had to be refused for being wrong. */
  toHaveRejectedNothing(): R;
  /** That every step of the script got its request. */
  toHaveConsumedScript(): R;
}

declare module 'vitest' {
  interface Matchers<
    R extends void | Promise<void> = void | Promise<void>,
    T = unknown,
  > extends CollectorMatchers<R> {}
}

/** A fixture of vitest's `test.extend`. */
export type CollectorFixture = (
  context: object,
  use: (collector: TestCollector) => Promise<void>,
) => Promise<void>;

/**
 * collectorFixture gives each test that names it a collector of its own, closes it afterwards, and fails a test that
 * left steps of its script: `test.extend<{ collector: TestCollector }>({ collector: collectorFixture() })`.
 */
export function collectorFixture(options: TestCollectorOptions = {}): CollectorFixture {
  // vitest reads from the pattern which other fixtures a fixture needs: none.
  // oxlint-disable-next-line no-empty-pattern
  return async ({}, use) => {
    const collector = await TestCollector.start(options);
    try {
      await use(collector);
      collector.assertScriptConsumed();
    } finally {
      await collector.close();
    }
  };
}

/**
 * expectCollector has the matchers as plain assertions that throw an Error: for node:test, or any runner that has no
 * `expect.extend`.
 */
export function expectCollector(collector: TestCollector): CollectorMatchers {
  const { toHaveReceivedCounter, toHaveReceivedLatency, toHaveReceivedGauge } = collectorMatchers;
  const { toHaveReceivedResource, toHaveReceivedRequests } = collectorMatchers;
  const { toHaveRejectedNothing, toHaveConsumedScript } = collectorMatchers;
  return {
    toHaveReceivedCounter: (...expected) => check(toHaveReceivedCounter(collector, ...expected)),
    toHaveReceivedLatency: (...expected) => check(toHaveReceivedLatency(collector, ...expected)),
    toHaveReceivedGauge: (...expected) => check(toHaveReceivedGauge(collector, ...expected)),
    toHaveReceivedResource: (...expected) => check(toHaveReceivedResource(collector, ...expected)),
    toHaveReceivedRequests: (...expected) => check(toHaveReceivedRequests(collector, ...expected)),
    toHaveRejectedNothing: () => check(toHaveRejectedNothing(collector)),
    toHaveConsumedScript: () => check(toHaveConsumedScript(collector)),
  };
}

function check({ pass, message }: MatcherResult): void {
  if (!pass) throw new Error(message());
}
