import type { AttributeValue, Snapshot, Temporality } from '@pqcnet/telemetry-core';

import type { EncodeContext, LabelPlacement } from './request-format.ts';

/** PlacementOptions says what of a snapshot goes where. */
export interface PlacementOptions {
  readonly labelPlacement: LabelPlacement;
  readonly temporality: Temporality;
}

/** encodeContextOf gathers what all requests of a snapshot share, but for the time. */
export function encodeContextOf(
  snapshot: Pick<Snapshot, 'resource' | 'labels'>,
  options: PlacementOptions,
): EncodeContext {
  const { labelPlacement, temporality } = options;
  return {
    resource: labelPlacement === 'datapoint' ? snapshot.resource : merge(snapshot.resource, snapshot.labels),
    pointLabels: labelPlacement === 'resource' ? new Map() : snapshot.labels,
    temporality,
  };
}

/** merge adds the labels to the resource, whose own attributes win: they say who is speaking. */
function merge(
  resource: ReadonlyMap<string, AttributeValue>,
  labels: ReadonlyMap<string, AttributeValue>,
): ReadonlyMap<string, AttributeValue> {
  return new Map([...resource, ...[...labels].filter(([key]) => !resource.has(key))]);
}
