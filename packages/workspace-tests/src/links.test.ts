import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, it } from 'vitest';
import { type Manifest, listFiles, readPackages, readText, root } from './workspace.ts';

const documents = [...listFiles('*.md'), ...listFiles('{docs/**/*,{packages,examples}/*/*}.md')].filter(
  (document) => !document.endsWith('CHANGELOG.md'),
);

it.each(documents)('every file that %s links to is there', (document) => {
  const targets = [...readText(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  const files = targets.filter((target) => !/^(https?:|mailto:|#)/.test(target));
  const missing = files.filter(
    (target) => !existsSync(posix.join(root, posix.dirname(document), target.replace(/#.*/, ''))),
  );
  expect(missing).toEqual([]);
});

it.each(documents)('every path in the code font of %s is there', (document) => {
  const named = [...readText(document).matchAll(/`((?:packages|examples|docs|\.changeset)\/[^`\s*<>]*)`/g)];
  expect(named.map(([, path = '']) => path).filter((path) => !existsSync(posix.join(root, path)))).toEqual(
    [],
  );
});

it.each(documents)('every command of %s is there', (document) => {
  const commands = [
    ...readText(document).matchAll(/npx -y pnpm@12 (?:--silent )?(?:--filter (\S+) )?([\w-]+)/g),
  ];
  expect(commands.filter(([, filter, name = '']) => !isCommand(name, filter)).map(([text]) => text)).toEqual(
    [],
  );
});

/** Whether pnpm has the command, or the package (the root when there is no filter) has a script or tool of that name. */
function isCommand(name: string, filter: string | undefined): boolean {
  if (['add', 'exec', 'install', 'run'].includes(name)) return true;
  if (filter !== undefined) {
    return readPackages().some(({ manifest }) => manifest.name === filter && manifest.scripts?.[name]);
  }
  const { scripts } = JSON.parse(readText('package.json')) as Manifest;
  return scripts?.[name] !== undefined || ['changeset', 'turbo'].includes(name);
}

it('looks at the documents', () => {
  expect(documents).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/architecture.md']));
});
