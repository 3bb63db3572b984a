import { checkCombinations, withoutUnusable } from './check-combinations.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { emitConfigWarning, type WarningListener } from './config-warning.ts';
import type { Environment } from './expand-variables.ts';
import { locateKeys, type KeyLocator } from './locate-keys.ts';
import { mergeLayers, type Merged } from './merge-layers.ts';
import { camelCase, kebabCase } from './name-key.ts';
import { parseToml } from './parse-toml.ts';
import { readEnvironment, type EnvironmentLayer } from './read-environment.ts';
import type { LayerForm, LayerProblem, Written } from './read-layer.ts';
import { resolveConfig } from './resolve-config.ts';
import { showPath, type KeyPath } from './show-path.ts';
import type { ConfigOrigins, TelemetryConfig } from './telemetry-config.ts';
import { emptyLayer, validateLayer, type Layer } from './validate-layer.ts';

/** ConfigOptions is what every way to a configuration takes. */
export interface ConfigOptions {
  /** Where environment variables are looked up. Default: `process.env`. `{}` leaves the environment out. */
  readonly environment?: Environment | undefined;
  /** Gets each warning. Default: `process.emitWarning`. */
  readonly onWarning?: WarningListener | undefined;
}

/** TomlSource is the text of a configuration file. */
export interface TomlSource {
  readonly text: string;
  /** What the file is called in messages. */
  readonly name: string | undefined;
  /** Where relative paths in the file start; undefined for the working directory. */
  readonly directory: string | undefined;
}

/** buildConfig makes a configuration from a file, code and the environment, or throws one ConfigError about all. */
export function buildConfig(
  from: { readonly file?: TomlSource; readonly code?: unknown },
  options: ConfigOptions,
): TelemetryConfig {
  const { environment: variables, warn } = surroundings(options);
  const file = from.file && readFileLayer(from.file, variables);
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
    const place = problem.source === 'file' ? file?.place : placeInCode;
    const form = problem.source === 'file' ? fileForm(variables) : codeForm;
    if (place === undefined) continue;
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

interface WrittenPlace {
  readonly line: number;
  readonly variables: readonly string[];
}

interface ReadLayer {
  readonly layer: Layer;
  readonly problems: readonly ConfigProblem[];
  readonly place: (problem: LayerProblem) => ConfigProblem;
}

const codeForm: LayerForm = { naming: camelCase, prefix: [], environment: undefined };

function fileForm(environment: Environment): LayerForm {
  return { naming: kebabCase, prefix: ['telemetry'], environment };
}

function readCodeLayer(input: unknown): ReadLayer {
  const { layer, problems } = validateLayer(input, codeForm);
  return { layer, problems: problems.map(placeInCode), place: placeInCode };
}

function readFileLayer(
  file: TomlSource,
  environment: Environment,
): ReadLayer & { readonly find: (path: KeyPath) => WrittenPlace | undefined } {
  const document = parseToml(file.text, file.name);
  const form = fileForm(environment);
  const { layer, problems, written } = validateLayer(document, form);
  let locator: KeyLocator | undefined;
  // Only a file that is wrong, or asked about, is searched for its keys.
  const locate: KeyLocator = (path) => {
    locator ??= locateKeys(file.text);
    return locator(path);
  };
  const place = (problem: LayerProblem): ConfigProblem => placed(problem, locate(problem.path));
  const find = (path: KeyPath): WrittenPlace | undefined => {
    const found = findWritten(written, [...form.prefix, ...path]);
    const position = found && locate(found.path);
    return position && { line: position.line, variables: found.variables };
  };
  return { layer, problems: problems.map(place), place, find };
}

/** In the exact casing, else in any: names of headers and metrics are the same in every casing. */
function findWritten(written: readonly Written[], path: KeyPath): Written | undefined {
  const [exact, folded] = [JSON.stringify(path), JSON.stringify(path).toLowerCase()];
  return (
    written.find((each) => JSON.stringify(each.path) === exact) ??
    written.find((each) => JSON.stringify(each.path).toLowerCase() === folded)
  );
}

function placeInCode(problem: LayerProblem): ConfigProblem {
  return placed(problem, undefined);
}

function placed(
  problem: LayerProblem,
  position: { readonly line: number; readonly column: number } | undefined,
): ConfigProblem {
  return {
    path: showPath(problem.path),
    line: position?.line,
    column: position?.column,
    found: problem.found,
    expected: problem.expected,
    suggestion: problem.suggestion,
  };
}

function inOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted(
    (one, other) => (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0),
  );
}
