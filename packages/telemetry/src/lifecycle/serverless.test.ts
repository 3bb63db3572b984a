import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runProgram } from '../testing/run-program.ts';

describe.skipIf(process.platform === 'win32')('a process that is frozen between its flushes', () => {
  it.each(['cumulative', 'delta'] as const)(
    'delivers everything (%s), although its idle connection was closed meanwhile',
    { timeout: 60_000 },
    async (temporality) => {
      const collector = await TestCollector.start();
      onTestFinished(() => collector.close());
      const program = runProgram({
        endpoint: collector.url,
        ending: 'record and flush for each line',
        temporality,
        hook: 'none',
      });
      onTestFinished(() => program.kill('SIGKILL'));
      expect(await program.said()).toBe('ready');
      program.tell('invoke');
      for (let invocation = 1; invocation <= 4; invocation += 1) {
        // 5 of each invocation, and those before the first.
        const sum = 5 * invocation + 5;
        expect(await program.said()).toEqual({ ok: true, account: [sum, sum, 0, 0, 0, 0] });
        expect(collector.sum('work', undefined, { duplicates: 'once' })).toBe(BigInt(sum));
        program.kill('SIGSTOP');
        collector.closeIdleConnections();
        // When it thaws it learns of both at the same time.
        program.tell('invoke');
        program.kill('SIGCONT');
      }
      expect(collector.connections.opened).toBeGreaterThan(1);
    },
  );
});
