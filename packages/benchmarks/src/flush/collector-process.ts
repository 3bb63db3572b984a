// A collector in a process of its own. It tells its parent its URL, and after each message what it decoded last.
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { metricNames } from '../contenders/many-series.ts';

/** CollectorMessage is what the process sends. */
export type CollectorMessage = { readonly url: string } | { readonly points: number; readonly sum: number };

const collector = await TestCollector.start({ limits: { maxRequests: 1 } });
const send = (message: CollectorMessage): void => void process.send?.(message);
process.on('message', (series: number) => {
  const points = collector.metrics().length;
  const sum = metricNames(series).reduce((total, name) => total + Number(collector.sum(name)), 0);
  send({ points, sum });
});
process.on('disconnect', () => process.exit());
send({ url: collector.url });
