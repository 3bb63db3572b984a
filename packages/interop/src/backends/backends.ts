import type { Backend } from './backend.ts';
import { prometheus } from './prometheus.ts';
import { victoriaMetrics } from './victoria-metrics.ts';

/** backends are the receivers that answer queries: what a dashboard asks of them is tested in each. */
export const backends: readonly Backend[] = [prometheus, victoriaMetrics];
