import { defineConfig, mergeConfig, type ViteUserConfig } from 'vitest/config';
import shared from '../../vitest.shared.ts';

/** The suite against real receivers, which `pnpm interop` gets first. The unit tests beside it need none of them. */
const interop: ViteUserConfig = mergeConfig(
  shared,
  defineConfig({
    test: {
      setupFiles: ['src/testing/show-output.ts'],
      // A receiver is a server with threads of its own: two at a time are enough for a small machine.
      maxWorkers: 2,
    },
  }),
);
// Set, not merged: lists would be added to the shared ones.
interop.test = {
  ...interop.test,
  include: ['src/**/*.interop.ts'],
  reporters: ['verbose', ['json', { outputFile: '.test-results/interop.json' }]],
};

export default interop;
