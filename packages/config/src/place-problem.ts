import type { ConfigProblem } from './config-error.ts';
import type { LayerProblem } from './read-layer.ts';
import { showPath } from './show-path.ts';

/** placeProblem writes a problem down with its place in a text, if it has one. */
export function placeProblem(
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
