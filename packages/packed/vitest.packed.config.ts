import { defineConfig, mergeConfig, type ViteUserConfig } from 'vitest/config';
import shared from '../../vitest.shared.ts';

/** The suite that installs what would be published. The tests beside it need no registry. */
const packed: ViteUserConfig = mergeConfig(
  shared,
  defineConfig({ test: { fileParallelism: false, testTimeout: 300_000, hookTimeout: 600_000 } }),
);
// Set, not merged: lists would be added to the shared ones.
packed.test = {
  ...packed.test,
  include: ['src/**/*.packed.ts'],
  reporters: ['verbose', ['json', { outputFile: '.test-results/packed.json' }]],
};

export default packed;
