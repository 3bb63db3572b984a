import type { IForbiddenRuleType } from 'dependency-cruiser';

/** arrows says which packages of this repository each public package may import. There is no other arrow. */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  core: [],
  config: [],
  'test-collector': [],
  'exporter-otlp-http': ['core'],
  telemetry: ['config', 'core', 'exporter-otlp-http'],
};

/** What goes into the built files of a package, so that who installs it needs no copy: docs/decisions/0011. */
const bundled: Readonly<Record<string, string>> = { config: '(^|/)node_modules/zod/' };

/** What is not published: tests, what only they use, and what only development runs. */
const development = String.raw`\.test\.ts$|^packages/[^/]+/(src/testing|scripts|bench|examples)/|/vitest\.config\.ts$`;

const isPublic = `^packages/(${Object.keys(arrows).join('|')})/`;

/** dependencyRules forbids every import that the layers of this repository don't allow; the names say what is wrong. */
export const dependencyRules: readonly IForbiddenRuleType[] = [
  ...Object.entries(arrows).flatMap(([name, allowed]) => arrowRules(name, allowed)),
  {
    name: 'cycle',
    severity: 'error',
    comment: 'Imports of types alone are gone at run time and may point back.',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'past-the-entry',
    severity: 'error',
    comment: 'Another package is what its exports map says it is.',
    from: { path: '^(packages|examples)/([^/]+)/' },
    to: {
      path: '^(packages|examples)/[^/]+/',
      pathNot: String.raw`^$1/$2/|^packages/[^/]+/(src/(index|vitest)\.ts|package\.json|telemetry\.schema\.json)$`,
    },
  },
  {
    name: 'tests-in-the-product',
    severity: 'error',
    from: { path: `${isPublic}src/`, pathNot: development },
    to: { path: development },
  },
  {
    name: 'command-in-the-library',
    severity: 'error',
    comment: 'Programs that import a package do not load its command.',
    from: { path: `${isPublic}src/`, pathNot: `^packages/[^/]+/src/command/|${development}` },
    to: { path: '^packages/[^/]+/src/command/' },
  },
  {
    name: 'core-with-a-dependency',
    severity: 'error',
    from: { path: '^packages/core/src/', pathNot: development },
    to: { path: 'node_modules/' },
  },
  ...Object.keys(arrows).map(dependencyRule),
  {
    name: 'nowhere',
    severity: 'error',
    comment: 'A command names the built file, which is there after a build.',
    from: {},
    to: { couldNotResolve: true, pathNot: '^[.][.]/dist/' },
  },
];

/** The product imports what its arrows say; its tests may use the test collector besides. */
function arrowRules(name: string, allowed: readonly string[]): readonly IForbiddenRuleType[] {
  const from = `^packages/${name}/`;
  const inTests = [...new Set([...allowed, 'test-collector'])];
  return [
    {
      name: `arrow-of-${name}`,
      severity: 'error',
      from: { path: from, pathNot: development },
      to: { path: '^(packages|examples)/', pathNot: `^packages/(${[name, ...allowed].join('|')})/` },
    },
    {
      name: `arrow-of-the-tests-of-${name}`,
      severity: 'error',
      from: { path: `${from}.*(${development})` },
      to: { path: '^(packages|examples)/', pathNot: `^packages/(${[name, ...inTests].join('|')})/` },
    },
  ];
}

function dependencyRule(name: string): IForbiddenRuleType {
  const pathNot = bundled[name];
  return {
    name: 'not-a-dependency',
    severity: 'error',
    comment: 'Whoever installs the package would not have it.',
    from: { path: `^packages/${name}/src/`, pathNot: development },
    to: {
      ...(pathNot !== undefined && { pathNot }),
      dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
      dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional', 'type-only'],
    },
  };
}
