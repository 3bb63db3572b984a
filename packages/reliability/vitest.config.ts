import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import shared from '../../vitest.shared.ts';

const config: ViteUserConfig = mergeConfig(shared, {
  test: {
    testTimeout: 30_000, // some tests start a process
  },
});

export default config;
