import { defineConfig, type ViteUserConfig } from 'vitest/config';

/**
 * The one test configuration of every package. Workspace packages are taken from their sources (the
 * `@pqcnet/source` condition), so that a test never sees a stale build.
 */
const shared: ViteUserConfig = defineConfig({
  ssr: {
    resolve: {
      conditions: ['@pqcnet/source', 'module', 'node', 'development|production'],
      externalConditions: ['@pqcnet/source', 'node'],
    },
  },
  test: {
    include: ['src/**/*.test.ts'],
    // No test measures time; on a busy machine the slowest take long.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The JSON report is what .ci/run adds up.
    reporters: ['default', ['json', { outputFile: '.test-results/results.json' }]],
  },
});

export default shared;
