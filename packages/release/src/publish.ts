import { join } from 'node:path';
import { nameRepository } from './name-repository.ts';
import { packRelease } from './pack-release.ts';
import { runNpm, runPnpm } from './run-tool.ts';

/**
 * publish publishes the versions that are not in the registry yet, with their provenance, and makes git tags of them.
 * It refuses to run elsewhere than in the release workflow, which alone is trusted by the registry. pnpm packs, since it
 * writes versions for `workspace:`; npm publishes, since it shows the workflow's identity instead of a token.
 *
 * @returns the exit code
 */
export function publish(root: string, environment: NodeJS.ProcessEnv): number {
  if (environment['ACTIONS_ID_TOKEN_REQUEST_URL'] === undefined) {
    console.error(
      'Only the release workflow publishes (.github/workflows/release.yml): here is no identity to show.',
    );
    console.error('`npx -y pnpm@12 release --dry-run` shows what it would do.');
    return 1;
  }
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = environment;
  nameRepository(root, `${server}/${repository}`);
  runPnpm(root, ['build']);
  for (const { manifest, tarball } of packRelease(root, join(root, 'release'))) {
    if (isPublished(root, `${manifest.name}@${manifest.version}`)) continue;
    console.log(runNpm(root, ['publish', tarball, '--access', 'public', '--provenance']));
  }
  // The workflow makes releases of the tags that this names.
  console.log(runPnpm(root, ['exec', 'changeset', 'git-tag']));
  return 0;
}

function isPublished(root: string, release: string): boolean {
  try {
    return runNpm(root, ['view', release, 'version']).trim() !== '';
  } catch (error) {
    if (error instanceof Error && error.message.includes('E404')) return false;
    throw error;
  }
}
