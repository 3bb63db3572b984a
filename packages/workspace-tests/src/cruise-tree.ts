import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { dependencyRules } from './dependency-rules.ts';

/** CruisedTree is what dependency-cruiser found. */
export interface CruisedTree {
  /** The TypeScript files that it read, as paths from the root, sorted. */
  readonly files: readonly string[];
  /** Who imports what, as `from → to`. */
  readonly imports: ReadonlySet<string>;
  /** The rules that are broken, as `rule: from → to`, sorted. */
  readonly violations: readonly string[];
}

/** cruiseTree reads the packages and examples under a root and checks the dependency rules. */
export async function cruiseTree(root: string): Promise<CruisedTree> {
  const { output } = await cruise(
    ['packages', 'examples'],
    {
      baseDir: root,
      exclude: { path: String.raw`^(packages|examples)/[^/]+/(dist|\.test-results|\.turbo)/` },
      doNotFollow: { path: 'node_modules' },
      moduleSystems: ['es6'],
      tsPreCompilationDeps: true,
      validate: true,
      ruleSet: { forbidden: [...dependencyRules] },
    },
    {
      exportsFields: ['exports'],
      conditionNames: ['@pqcnet/source', 'types', 'node', 'import', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  );
  const { modules, summary } = output as ICruiseResult;
  return {
    files: modules
      .map(({ source }) => source)
      .filter(isTypeScriptOfOurs)
      .toSorted(),
    imports: new Set(
      modules.flatMap(({ source, dependencies }) =>
        dependencies.map(({ resolved }) => `${source} → ${resolved}`),
      ),
    ),
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).toSorted(),
  };
}

function isTypeScriptOfOurs(source: string): boolean {
  return /^(packages|examples)\/.*\.ts$/.test(source) && !source.includes('node_modules/');
}
