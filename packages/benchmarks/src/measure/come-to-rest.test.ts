import { expect, test } from 'vitest';
import { comeToRest } from './come-to-rest.ts';
import { cpuTimeMs } from './cpu-time.ts';

function useCpu(ms: number): void {
  const end = cpuTimeMs() + ms;
  while (cpuTimeMs() < end);
}

test('what was left to later turns of the event loop is waited for and counted', async () => {
  let turnsLeft = 3;
  const turn = (): void => {
    useCpu(10);
    turnsLeft -= 1;
    if (turnsLeft > 0) setImmediate(turn);
  };
  setImmediate(turn);
  expect(await comeToRest()).toBeGreaterThanOrEqual(30);
  expect(turnsLeft).toBe(0);
});
