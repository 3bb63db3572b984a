/** ConfigWarning tells of a value that could not be used and was ignored. It never shows a secret. */
export interface ConfigWarning {
  /** Stable: match on it. */
  readonly code: 'ENVIRONMENT_VALUE_IGNORED';
  /** The environment variable that was ignored. */
  readonly variable: string;
  /** One line for people: the variable, what it holds, what was expected. */
  readonly message: string;
}

/** WarningListener gets each warning while the configuration is read. */
export type WarningListener = (warning: ConfigWarning) => void;

/** emitConfigWarning is where warnings go by default: `process.emitWarning`, which prints them once to stderr. */
export function emitConfigWarning(warning: ConfigWarning): void {
  process.emitWarning(warning.message, { type: 'TelemetryConfigWarning', code: warning.code });
}

/** ignoredVariable says that a variable was ignored, and why. */
export function ignoredVariable(variable: string, why: string): ConfigWarning {
  const message = `The environment variable ${variable} is ignored: ${why}.`;
  return Object.freeze({ code: 'ENVIRONMENT_VALUE_IGNORED', variable, message });
}
