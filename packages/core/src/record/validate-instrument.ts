import { describeValue } from '../describe-value.ts';
import { TelemetryError } from '../telemetry-error.ts';

const namePattern = /^[A-Za-z][A-Za-z0-9_.\-/]{0,254}$/;
// oxlint-disable-next-line no-control-regex -- the specification says ASCII, control characters included
const unitPattern = /^[\x00-\x7f]{0,63}$/;

/** Far more than anyone reads, and so few that a row of buckets stays small. */
const mostBounds = 1000;

/** Source: OpenTelemetry metrics API specification, "Instrument name syntax". */
export function validateName(name: unknown): TelemetryError | undefined {
  if (typeof name === 'string' && namePattern.test(name)) return undefined;
  return new TelemetryError(
    'INVALID_NAME',
    `Metric name ${describeValue(name)} is not valid: expected a letter, then up to 254 letters, digits, "_", ".", "-" or "/".`,
  );
}

/** Source: OpenTelemetry metrics API specification, "Instrument unit". */
export function validateUnit(name: string, unit: unknown): TelemetryError | undefined {
  if (unit === undefined || (typeof unit === 'string' && unitPattern.test(unit))) return undefined;
  return new TelemetryError(
    'INVALID_OPTIONS',
    `Unit ${describeValue(unit)} of "${name}" is not valid: expected a string of at most 63 ASCII characters.`,
  );
}

export function validateDescription(name: string, description: unknown): TelemetryError | undefined {
  if (description === undefined || typeof description === 'string') return undefined;
  return new TelemetryError(
    'INVALID_OPTIONS',
    `Description ${describeValue(description)} of "${name}" is not valid: expected a string.`,
  );
}

/** Source: OpenTelemetry metrics data model, "Histogram": bounds are strictly increasing. */
export function validateBounds(name: string, bounds: unknown): TelemetryError | undefined {
  if (bounds === undefined) return undefined;
  if (!Array.isArray(bounds)) {
    return new TelemetryError(
      'INVALID_OPTIONS',
      `Bounds ${describeValue(bounds)} of "${name}" are not valid: expected an array of numbers.`,
    );
  }
  if (bounds.length > mostBounds) {
    return new TelemetryError(
      'INVALID_OPTIONS',
      `Bounds of "${name}" are not valid: there are ${bounds.length}, expected at most ${mostBounds}.`,
    );
  }
  for (const [i, bound] of bounds.entries()) {
    const isFinite = typeof bound === 'number' && Number.isFinite(bound);
    if (isFinite && (i === 0 || bound > bounds[i - 1])) continue;
    return new TelemetryError(
      'INVALID_OPTIONS',
      `Bound ${describeValue(bound)} at index ${i} of "${name}" is not valid: expected finite numbers, each larger than the one before.`,
    );
  }
  return undefined;
}
