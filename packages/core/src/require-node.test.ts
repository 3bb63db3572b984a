import { expect, it } from 'vitest';
import { requireNode } from './require-node.ts';

it.each(['22.19.0', '22.20.1', '24.0.0', '26.10.0', '100.0.0-nightly', undefined])('takes %s', (version) => {
  expect(() => requireNode(version)).not.toThrow();
});

it.each(['22.18.9', '22.2.0', '20.20.2', '18.0.0', '4.9.1'])(
  'refuses %s, and says what it takes',
  (version) => {
    expect(() => requireNode(version)).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED_RUNTIME',
        message: `Node ${version} can't run @pqcnet/telemetry, expected 22.19 or newer.`,
      }),
    );
  },
);
