import type { AttributeValue, Attributes } from '../attributes.ts';
import { describeValue } from '../describe-value.ts';
import { type Result, failure, success } from '../result.ts';
import { TelemetryError } from '../telemetry-error.ts';

const smallestInt64 = -(2n ** 63n);
const largestInt64 = 2n ** 63n - 1n;

/** Pairs are attributes in one flat array: `[key, value, key, value, …]`. */
export type Pairs = readonly AttributeValue[];

/** CopiedAttributes are a caller's attributes, read once. */
export interface CopiedAttributes {
  /** In the caller's order and form. */
  readonly asGiven: Pairs;
  /** In the caller's order, in the one form that equal attributes share. The very same array when they came so. */
  readonly normalized: Pairs;
}

/**
 * copyAttributes reads the own enumerable attributes of a caller's object, once, and puts them in the one form that
 * equal attributes share: unpaired surrogates replaced by U+FFFD, a bigint that is a safe integer made a number, −0
 * made 0.
 *
 * Fails with `INVALID_ATTRIBUTE` for anything OTLP could not carry, and for an object that throws when it is read.
 */
export function copyAttributes(attributes: unknown): Result<CopiedAttributes, TelemetryError> {
  const asGiven: AttributeValue[] = [];
  let isNormalized = true;
  try {
    if (!mayBeAttributes(attributes)) {
      return invalid(
        `Attributes ${describeValue(attributes)} are not valid: expected an object of keys and values.`,
      );
    }
    for (const key of Object.keys(attributes)) {
      const value: unknown = attributes[key];
      const normalized = normalizeValue(value);
      if (normalized === undefined) {
        return invalid(
          `Attribute ${describeValue(key)} is ${describeValue(value)}: expected a string, a boolean, a finite number or a bigint of at most 64 bits.`,
        );
      }
      if (key === '') return invalid('An attribute key is empty: expected at least one character.');
      isNormalized &&= Object.is(normalized, value) && key.isWellFormed();
      asGiven.push(key, value as AttributeValue);
    }
  } catch (cause) {
    return invalid('Attributes could not be read: the object threw.', cause);
  }
  if (isNormalized) return success({ asGiven, normalized: asGiven });
  const normalized = normalizePairs(asGiven);
  return normalized.ok ? success({ asGiven, normalized: normalized.value }) : normalized;
}

/** mayBeAttributes says whether something is an object of keys and values; a revoked proxy throws. */
export function mayBeAttributes(attributes: unknown): attributes is Attributes {
  return typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes);
}

/** keptCopy gives a copy that takes no more memory than it needs: arrays that were filled one by one have room for more. */
export function keptCopy({ asGiven, normalized }: CopiedAttributes): CopiedAttributes {
  const kept = normalized.slice();
  return { asGiven: asGiven === normalized ? kept : asGiven.slice(), normalized: kept };
}

/** Puts each key and value of valid pairs into the form that equal ones share. */
function normalizePairs(pairs: Pairs): Result<Pairs, TelemetryError> {
  const byKey = new Map<string, AttributeValue>();
  for (let i = 0; i < pairs.length; i += 2) {
    const key = (pairs[i] as string).toWellFormed();
    if (byKey.has(key))
      return invalid(`Attribute key ${describeValue(key)} occurs twice once it is well-formed.`);
    byKey.set(key, normalizeValue(pairs[i + 1]) as AttributeValue);
  }
  return success([...byKey].flat());
}

/** isNormal says whether a value is valid and in the one form that equal ones share. */
export function isNormal(value: unknown): boolean {
  return value !== undefined && Object.is(normalizeValue(value), value);
}

function normalizeValue(value: unknown): AttributeValue | undefined {
  switch (typeof value) {
    case 'string':
      return value.toWellFormed();
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value)) return undefined;
      // −0 and 0 are one value.
      return value + 0;
    case 'bigint':
      if (value < smallestInt64 || value > largestInt64) return undefined;
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    default:
      return undefined;
  }
}

function invalid(message: string, cause?: unknown): Result<never, TelemetryError> {
  return failure(new TelemetryError('INVALID_ATTRIBUTE', message, { cause }));
}
