import { expect, it } from 'vitest';

interface ChangelogWriter {
  getReleaseLine(changeset: { readonly summary: string }): Promise<string>;
  getDependencyReleaseLine(): Promise<string>;
}

// By a URL that is no literal: changesets wants plain JavaScript, which has no types.
const file = new URL('../../../.changeset/write-changelog.js', import.meta.url);
const { default: writer } = (await import(file.href)) as { readonly default: ChangelogWriter };

it('writes what a changeset says, without hashes', async () => {
  expect(await writer.getReleaseLine({ summary: 'One thing:\n\nin two\nlines.\n' })).toBe(
    '- One thing:\n\n  in two\n  lines.',
  );
});

it('says nothing of packages that are released together anyway', async () => {
  expect(await writer.getDependencyReleaseLine()).toBe('');
});
