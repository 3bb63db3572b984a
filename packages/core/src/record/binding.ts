import type { Result } from '../result.ts';
import type { Cell } from '../state/cell.ts';
import type { TelemetryError } from '../telemetry-error.ts';

/** Binding leads a bound instrument to its series. */
export interface Binding {
  /** The metric's name, for messages. */
  readonly name: string;
  /** The cell to record in, made at the first record; or what recording is to return instead. */
  resolve(): Cell | Result<void, TelemetryError>;
}
