import type { Registry } from 'prom-client';
import type { Tally } from '../record/recorder.ts';

/** sumOfRegistry gives the sum of all of prom-client's counters. */
export async function sumOfRegistry(registry: Registry): Promise<Tally> {
  let sum = 0;
  for (const { values } of await registry.getMetricsAsJSON()) for (const { value } of values) sum += value;
  return [sum];
}

/** tallyOfRegistry gives the records and the sum of all of prom-client's histograms. */
export async function tallyOfRegistry(registry: Registry): Promise<Tally> {
  let count = 0;
  let sum = 0;
  for (const { values } of await registry.getMetricsAsJSON()) {
    for (const each of values) {
      if (!('metricName' in each)) continue;
      if (String(each.metricName).endsWith('_count')) count += each.value;
      if (String(each.metricName).endsWith('_sum')) sum += each.value;
    }
  }
  return [count, sum];
}
