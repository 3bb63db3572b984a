import type { WarningListener } from './config-warning.ts';
import type { Environment } from './expand-variables.ts';

/** ConfigOptions is what every way to a configuration takes. */
export interface ConfigOptions {
  /** Where environment variables are looked up. Default: `process.env`. `{}` leaves the environment out. */
  readonly environment?: Environment | undefined;
  /** Gets each warning. Default: `process.emitWarning`. */
  readonly onWarning?: WarningListener | undefined;
}
