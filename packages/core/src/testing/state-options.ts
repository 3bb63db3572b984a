import type { StateOptions } from '../state/state.ts';

/** Options of a state for tests, with bounds for histograms only. */
export const stateOptions: StateOptions = {
  cardinalityLimit: 2000,
  latencyBoundsMs: [],
  histogramBounds: [10, 20],
  isExponential: false,
  metrics: new Map(),
  isDisabled: false,
  warn: () => {},
};
