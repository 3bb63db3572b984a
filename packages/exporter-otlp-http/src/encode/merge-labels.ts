import type { AttributeValue, Attributes } from '@pqcnet/telemetry-core';

/** MergedAttributes is what a series' points carry beside the labels that follow all points. */
export interface MergedAttributes {
  readonly attributes: readonly (readonly [string, AttributeValue])[];
  /** True when the series overrides a label: then `attributes` holds the labels that remain as well. */
  readonly clash: boolean;
}

/** mergeLabels puts a series' own attributes and the labels together: the series' win. */
export function mergeLabels(own: Attributes, labels: ReadonlyMap<string, AttributeValue>): MergedAttributes {
  const attributes = Object.entries(own);
  if (!attributes.some(([key]) => labels.has(key))) return { attributes, clash: false };
  const remaining = [...labels].filter(([key]) => !Object.hasOwn(own, key));
  return { attributes: [...attributes, ...remaining], clash: true };
}
