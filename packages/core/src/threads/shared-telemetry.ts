import type { StateOptions } from '../state/state.ts';

/**
 * SharedTelemetry is what `share()` gives: hand it to any number of workers as it is, in `workerData` or a message, and
 * `TelemetryHandle.attach` there. What is in it is of no concern to anyone else.
 */
export interface SharedTelemetry {
  /** What tells it from other objects, and from those of other versions. */
  readonly format: 'pqcnet-telemetry-1';
  /** Unique to the owner. */
  readonly id: string;
  /** The thread of the owner. */
  readonly ownerThreadId: number;
  /** The memory of a ThreadRegistry. */
  readonly registry: SharedArrayBuffer;
  /** What the owner's metrics are made by. */
  readonly options: Omit<StateOptions, 'warn'>;
}

/** isSharedTelemetry tells what `share()` gave from all else. */
export function isSharedTelemetry(value: unknown): value is SharedTelemetry {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    value.format === 'pqcnet-telemetry-1' &&
    'registry' in value &&
    value.registry instanceof SharedArrayBuffer
  );
}
