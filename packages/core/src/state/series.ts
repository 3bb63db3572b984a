import type { Attributes } from '../attributes.ts';
import type { Metric } from './metric.ts';

/** Series is one metric with one set of attributes: a stable object, the same in every snapshot it occurs in. */
export interface Series {
  /** Unique among the series of a handle, and never used again. */
  readonly id: number;
  /** The metric that it is one series of. */
  readonly metric: Metric;
  /** The series' own attributes, without labels; a frozen object without a prototype. */
  readonly attributes: Attributes;
}
