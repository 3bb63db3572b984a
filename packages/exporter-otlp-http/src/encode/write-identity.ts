import type { AttributeValue, Attributes } from '@pqcnet/telemetry-core';

import type { ByteWriter } from './byte-writer.ts';
import { LABELS_ALONE, LABELS_FOLLOW, LABELS_INSIDE, type LabelUse } from './identity-cache.ts';

/** WriteAttribute writes one attribute in an encoding, and reserves the room for it. */
export type WriteAttribute = (out: ByteWriter, key: string, value: AttributeValue) => void;

/**
 * writeIdentity writes a series' own attributes. Labels are not among them, since they are the same on all points and
 * follow, unless the series has an attribute of the same key: it wins, and the labels that remain are written here.
 */
export function writeIdentity(
  out: ByteWriter,
  attributes: Attributes,
  labels: ReadonlyMap<string, AttributeValue>,
  write: WriteAttribute,
): LabelUse {
  let written = 0;
  let clashes = false;
  const keys = Object.keys(attributes);
  for (const key of keys) {
    const value = attributes[key];
    if (value === undefined) continue;
    write(out, key, value);
    written += 1;
    if (labels.has(key)) clashes = true;
  }
  if (!clashes) return written === 0 ? LABELS_ALONE : LABELS_FOLLOW;
  for (const [key, value] of labels) if (!keys.includes(key)) write(out, key, value);
  return LABELS_INSIDE;
}
