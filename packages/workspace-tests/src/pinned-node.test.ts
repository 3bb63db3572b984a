import { expect, it } from 'vitest';
import { readText } from './workspace.ts';

const { optionalDependencies } = JSON.parse(readText('package.json')) as {
  readonly optionalDependencies: Readonly<Record<string, string>>;
};

it('scripts run on the Node that the workspace pins, whatever else the machine has', () => {
  expect([...new Set(Object.values(optionalDependencies))]).toEqual([process.versions.node]);
});

it('installs are made for that Node', () => {
  expect(readText('pnpm-workspace.yaml')).toContain(`nodeVersion: ${process.versions.node}\n`);
});
