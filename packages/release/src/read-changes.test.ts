import { expect, it } from 'vitest';
import { readChanges } from './read-changes.ts';

const changelog = '# a\n\n## 0.10.0\n\n### Minor Changes\n\n- new\n\n## 0.1.0\n\n- old\n';

it.each([
  ['0.10.0', '### Minor Changes\n\n- new'],
  ['0.1.0', '- old'],
  ['0.2.0', undefined],
])('takes what is said of %s', (version, changes) => {
  expect(readChanges(changelog, version)).toBe(changes);
});
