import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Scenario } from '../testing/ending-program.ts';
import { type End, type RunningProgram, runProgram } from '../testing/run-program.ts';

let collector: TestCollector;

beforeEach(async () => {
  collector = await TestCollector.start();
});

afterEach(async () => {
  await collector.close();
  collector.assertScriptConsumed();
});

/** Starts a program. Its hook has plenty of time, for the sake of slow machines, unless it is to be seen ending in time. */
async function start(scenario: Omit<Scenario, 'endpoint'>): Promise<RunningProgram> {
  const { hook = {} } = scenario;
  const running = runProgram({
    endpoint: collector.url,
    ...scenario,
    hook: hook === 'none' ? hook : { timeoutMs: 30_000, ...hook },
  });
  expect(await running.said()).toBe('ready');
  return running;
}

async function end(scenario: Omit<Scenario, 'endpoint'>): Promise<End> {
  return (await start(scenario)).end;
}

/** What the collector got of what was recorded. */
function arrived(): bigint {
  return collector.sum('work');
}

const hookless = { hook: 'none' } as const;

describe('a process', { timeout: 60_000 }, () => {
  describe('that returns', () => {
    it('loses what was not flushed', async () => {
      expect(await end({ ending: 'return', ...hookless })).toEqual({ code: 0, signal: null, stderr: '' });
      expect(arrived()).toBe(0n);
    });

    it('loses nothing with the hook', async () => {
      expect(await end({ ending: 'return' })).toEqual({ code: 0, signal: null, stderr: '' });
      expect(arrived()).toBe(5n);
      expect(collector.requests).toHaveLength(1);
    });

    it.each([
      ['shutdown', 5n],
      ['await using', 6n],
    ] as const)('loses nothing after %s, with the hook and without', async (ending, sum) => {
      expect(await end({ ending, ...hookless })).toEqual({ code: 0, signal: null, stderr: '' });
      expect(arrived()).toBe(sum);
      expect(await end({ ending })).toEqual({ code: 0, signal: null, stderr: '' });
      expect(arrived()).toBe(2n * sum);
      expect(collector.requests).toHaveLength(2);
    });

    it('says what it loses at the end of `await using` when nobody listens', async () => {
      collector.script([{ do: 'answer', status: 400 }]);
      const { stderr } = await end({ ending: 'await using', listens: false, ...hookless });
      expect(stderr).toMatch(
        /The last flush failed, what it did not deliver is lost \(HTTP_STATUS\): HTTP 400/,
      );
    });

    it('is not kept alive by start()', async () => {
      expect(await end({ ending: 'return', starts: true, ...hookless })).toMatchObject({ code: 0 });
      expect(arrived()).toBe(0n);
      expect(await end({ ending: 'return', starts: true })).toMatchObject({ code: 0 });
      expect(arrived()).toBe(5n);
    });

    it('flushes once, however often beforeExit comes', async () => {
      const ended = await end({ ending: 'return', host: 'goes on three times at beforeExit' });
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(arrived()).toBe(5n);
      expect(collector.requests).toHaveLength(1);
    });
  });

  describe('that calls process.exit()', () => {
    it.each([
      ['loses what was not flushed', 'none', 0n],
      ['loses it with the hook as well', {}, 0n],
      ['loses nothing with atProcessExit', { atProcessExit: true }, 5n],
    ] as const)('%s', async (_, hook, sum) => {
      expect(await end({ ending: 'exit', hook })).toEqual({ code: 3, signal: null, stderr: '' });
      expect(arrived()).toBe(sum);
    });
  });

  describe.each([
    ['throw', 'nobody catches this'],
    ['reject', 'nobody handles this'],
  ] as const)('that dies by an uncaught %s', (ending, message) => {
    it('loses what was not flushed', async () => {
      expect(await end({ ending, ...hookless })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(message),
      });
      expect(arrived()).toBe(0n);
    });

    it('loses nothing with the hook, and dies in the same way', async () => {
      const usual = await end({ ending, ...hookless });
      expect(await end({ ending })).toEqual(usual);
      expect(arrived()).toBe(5n);
      expect(collector.requests).toHaveLength(1);
    });

    it('dies in the same way when the collector is down', async () => {
      const usual = await end({ ending, ...hookless });
      await collector.pause();
      expect(await end({ ending })).toEqual(usual);
    });
  });

  it('that dies by an uncaught throw dies in time when the collector does not answer', async () => {
    const usual = await end({ ending: 'throw', ...hookless });
    collector.script([{ do: 'never-answer' }]);
    const dying = await start({ ending: 'throw', hook: { timeoutMs: 6000 } });
    await collector.waitFor(() => collector.requests.length === 1, { timeoutMs: 20_000 });
    const begunMs = performance.now();
    expect(await dying.end).toEqual(usual);
    expect(performance.now() - begunMs).toBeLessThan(10_000);
  });

  it('loses nothing with the hook when it dies while a flush is under way', async () => {
    collector.script([{ do: 'never-answer' }]);
    const dying = await start({ ending: 'throw during a flush' });
    await collector.waitFor(() => collector.requests.length === 1, { timeoutMs: 20_000 });
    dying.tell('now');
    expect(await dying.end).toMatchObject({ code: 1 });
    expect(collector.requests).toHaveLength(2);
    expect(arrived()).toBe(5n);
  });

  it.each([
    [{ hook: 'none' }, 0n],
    [{}, 5n],
  ] as const)(
    'that an uncaughtException listener ends is flushed with the hook at that end (%o)',
    async (hook, sum) => {
      const ended = await end({ ending: 'throw', host: 'exits at an uncaught error', ...hook });
      expect(ended).toEqual({ code: 7, signal: null, stderr: '' });
      expect(arrived()).toBe(sum);
    },
  );

  it('that an uncaughtException listener keeps alive is flushed with the hook when it returns', async () => {
    const scenario = { ending: 'throw', host: 'survives an uncaught error' } as const;
    const usual = await end({ ...scenario, ...hookless });
    expect(arrived()).toBe(0n);
    expect(await end(scenario)).toEqual(usual);
    expect(arrived()).toBe(5n);
    expect(collector.requests).toHaveLength(1);
  });
});

describe.skipIf(process.platform === 'win32')('a process that gets', { timeout: 60_000 }, () => {
  describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
    it.each([
      ['loses what was not flushed', 'none', 0n],
      ['loses nothing with the hook', {}, 5n],
    ] as const)('%s, and ends by the signal', async (_, hook, sum) => {
      const running = await start({ ending: 'wait for a signal', hook });
      running.kill(signal);
      expect(await running.end).toEqual({ code: null, signal, stderr: '' });
      expect(arrived()).toBe(sum);
    });

    it('ends by it in time when the collector is down', async () => {
      await collector.pause();
      const running = await start({ ending: 'wait for a signal', hook: { timeoutMs: 300 } });
      const begunMs = performance.now();
      running.kill(signal);
      expect(await running.end).toEqual({ code: null, signal, stderr: '' });
      expect(performance.now() - begunMs).toBeLessThan(8000);
    });

    it('says what it loses when nobody listens', async () => {
      await collector.pause();
      const running = await start({ ending: 'wait for a signal', hook: { timeoutMs: 300 }, listens: false });
      running.kill(signal);
      const { stderr, ...how } = await running.end;
      expect(how).toEqual({ code: null, signal });
      expect(stderr).toMatch(
        /PQCNET_TELEMETRY.*The last flush failed, what it did not deliver is lost \(\w+\)/,
      );
    });

    it('twice ends at once by the second, without an answer to the flush', async () => {
      collector.script([{ do: 'never-answer' }]);
      const running = await start({ ending: 'wait for a signal', hook: { timeoutMs: 59_000 } });
      running.kill(signal);
      await collector.waitFor(() => collector.requests.length === 1, { timeoutMs: 20_000 });
      const begunMs = performance.now();
      running.kill(signal);
      expect(await running.end).toEqual({ code: null, signal, stderr: '' });
      expect(performance.now() - begunMs).toBeLessThan(20_000);
      expect(arrived()).toBe(0n);
    });
  });

  it('SIGTERM ends by it in time when the collector does not answer', async () => {
    collector.script([{ do: 'never-answer' }]);
    const running = await start({ ending: 'wait for a signal', hook: { timeoutMs: 4000 } });
    const begunMs = performance.now();
    running.kill('SIGTERM');
    expect(await running.end).toEqual({ code: null, signal: 'SIGTERM', stderr: '' });
    expect(performance.now() - begunMs).toBeLessThan(9000);
    expect(arrived()).toBe(0n);
  });

  it('SIGTERM, and closes down by a listener of its own, loses nothing with the hook', async () => {
    const scenario = { ending: 'wait for a signal', host: 'closes down at SIGTERM' } as const;
    const usual = await start({ ...scenario, ...hookless });
    usual.kill('SIGTERM');
    expect(await usual.end).toEqual({ code: 0, signal: null, stderr: '' });
    expect(arrived()).toBe(0n);
    const running = await start(scenario);
    running.kill('SIGTERM');
    expect(await running.end).toEqual({ code: 0, signal: null, stderr: '' });
    // What was recorded while it closed down, too.
    expect(arrived()).toBe(7n);
  });

  it.each([
    [{}, 0n],
    [{ atProcessExit: true }, 5n],
  ])(
    'SIGTERM, and exits by a listener of its own, loses nothing only with atProcessExit (%o)',
    async (hook, sum) => {
      const running = await start({ ending: 'wait for a signal', host: 'exits at SIGTERM', hook });
      running.kill('SIGTERM');
      expect(await running.end).toEqual({ code: 4, signal: null, stderr: '' });
      expect(arrived()).toBe(sum);
    },
  );

  it('SIGKILL loses what was not flushed', async () => {
    const running = await start({ ending: 'wait for a signal' });
    running.kill('SIGKILL');
    expect(await running.end).toMatchObject({ signal: 'SIGKILL' });
    expect(arrived()).toBe(0n);
  });
});
