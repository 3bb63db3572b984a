import { checkCombinations, withoutUnusable } from './check-combinations.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import type { ConfigOptions } from './config-options.ts';
import { emitConfigWarning, type WarningListener } from './config-warning.ts';
import type { Environment } from './expand-variables.ts';
import { mergeLayers, type Merged } from './merge-layers.ts';
import { camelCase } from './name-key.ts';
import { placeProblem } from './place-problem.ts';
import type { FileLayer } from './read-file-layer.ts';
import { readEnvironment, type EnvironmentLayer } from './read-environment.ts';
import type { LayerForm, LayerProblem } from './read-layer.ts';
import { resolveConfig } from './resolve-config.ts';
import { showPath, type KeyPath } from './show-path.ts';
import type { ConfigOrigins, TelemetryConfig } from './telemetry-config.ts';
import { emptyLayer, validateLayer, type ReadLayer } from './validate-layer.ts';

/** FileSource is a configuration file. */
export interface FileSource {
  /** What the file is called in messages. */
  readonly name: string | undefined;
  /** Where relative paths in the file start; undefined for the working directory. */
  readonly directory: string | undefined;
  /** Reads what stands in it. Given with the file, so that a program without one has no parser in it. */
  readonly read: (environment: Environment) => FileLayer;
}

/** buildConfig makes a configuration from a file, code and the environment, or throws one ConfigError about all. */
export function buildConfig(
  from: { readonly file?: FileSource; readonly code?: unknown },
  options: ConfigOptions,
): TelemetryConfig {
  const { environment: variables, warn } = surroundings(options);
  const file = from.file?.read(variables);
  const code = 'code' in from ? readCodeLayer(from.code) : undefined;
  const merge = (layer: EnvironmentLayer): Merged =>
    mergeLayers([
      { source: 'code', layer: code?.layer ?? emptyLayer },
      { source: 'environment', layer },
      { source: 'file', layer: file?.layer ?? emptyLayer },
    ]);
  const environment = withoutUnusable(readEnvironment(variables, warn), merge, warn);
  const merged = merge(environment);
  const problems = [...(file?.problems ?? []), ...(code?.problems ?? [])];
  for (const problem of checkCombinations(merged)) {
    const { place, form } = (problem.source === 'file' ? file : undefined) ?? {
      place: placeInCode,
      form: codeForm,
    };
    const pathOf = (keys: readonly string[]): KeyPath => [
      ...form.prefix,
      ...keys.map((key) => form.naming(key)),
    ];
    if (problems.some((known) => known.path === showPath(pathOf(problem.remedy)))) continue;
    const expected = problem.expected(form.naming);
    problems.push(place({ path: pathOf(problem.path), found: problem.found, expected }));
  }
  if (problems.length > 0) {
    throw new ConfigError('CONFIG_INVALID', { problems: inOrder(problems), file: from.file?.name });
  }
  const origins: ConfigOrigins = {
    variableOf: (path) =>
      environment.variables.get(path.join('.')) ?? environment.variables.get(`${path[0]}`),
    inFile: (path) => file?.find(path),
  };
  return resolveConfig(merged, { environment, fileDirectory: from.file?.directory, origins });
}

// The one place where the process's own environment and warnings come in.
function surroundings(options: ConfigOptions): { environment: Environment; warn: WarningListener } {
  return {
    environment: options.environment ?? process.env,
    warn: options.onWarning ?? emitConfigWarning,
  };
}

const codeForm: LayerForm = { naming: camelCase, prefix: [], environment: undefined };

function readCodeLayer(input: unknown): ReadLayer {
  const { layer, problems } = validateLayer(input, codeForm);
  return { form: codeForm, layer, problems: problems.map(placeInCode), place: placeInCode };
}

function placeInCode(problem: LayerProblem): ConfigProblem {
  return placeProblem(problem, undefined);
}

function inOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted(
    (one, other) => (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0),
  );
}
