import { expect, it, vi } from 'vitest';
import { publish } from './publish.ts';

it('publishes nothing outside the release workflow', () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  expect(publish('/nowhere', { CI: 'true' })).toBe(1);
  expect(said.mock.calls.flat().join('\n')).toContain('Only the release workflow publishes');
  said.mockRestore();
});
