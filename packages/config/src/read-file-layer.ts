import type { ConfigProblem } from './config-error.ts';
import type { Environment } from './expand-variables.ts';
import { locateKeys, type KeyLocator } from './locate-keys.ts';
import { kebabCase } from './name-key.ts';
import { parseToml } from './parse-toml.ts';
import { placeProblem } from './place-problem.ts';
import type { LayerForm, LayerProblem, Written } from './read-layer.ts';
import type { KeyPath } from './show-path.ts';
import { validateLayer, type ReadLayer } from './validate-layer.ts';

/** FileLayer is a file that was read. */
export interface FileLayer extends ReadLayer {
  /** Finds where a value, by its path in code, is written in the file. */
  readonly find: (path: KeyPath) => WrittenPlace | undefined;
}

interface WrittenPlace {
  readonly line: number;
  readonly variables: readonly string[];
}

/** readFileLayer reads the text of a TOML file; its problems are looked up in the text. */
export function readFileLayer(
  text: string,
  { name, environment }: { readonly name: string | undefined; readonly environment: Environment },
): FileLayer {
  const form: LayerForm = { naming: kebabCase, prefix: ['telemetry'], environment };
  const { layer, problems, written } = validateLayer(parseToml(text, name), form);
  let locator: KeyLocator | undefined;
  // Only a file that is wrong, or asked about, is searched for its keys.
  const locate: KeyLocator = (path) => {
    locator ??= locateKeys(text);
    return locator(path);
  };
  const place = (problem: LayerProblem): ConfigProblem => placeProblem(problem, locate(problem.path));
  const find = (path: KeyPath): WrittenPlace | undefined => {
    const found = findWritten(written, [...form.prefix, ...path]);
    const position = found && locate(found.path);
    return position && { line: position.line, variables: found.variables };
  };
  return { form, layer, problems: problems.map(place), place, find };
}

/** In the exact casing, else in any: names of headers and metrics are the same in every casing. */
function findWritten(written: readonly Written[], path: KeyPath): Written | undefined {
  const [exact, folded] = [JSON.stringify(path), JSON.stringify(path).toLowerCase()];
  return (
    written.find((each) => JSON.stringify(each.path) === exact) ??
    written.find((each) => JSON.stringify(each.path).toLowerCase() === folded)
  );
}
