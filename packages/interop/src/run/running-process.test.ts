import { describe, expect, it } from 'vitest';
import { RunningProcess } from './running-process.ts';

const node = (program: string): Parameters<typeof RunningProcess.start>[0] => ({
  title: 'a program',
  program: process.execPath,
  args: ['-e', program],
  isReady: async (said) => said.includes('ready'),
});

describe('a receiver’s process', () => {
  it('is there once it is ready, and gone once it is disposed of', async () => {
    const running = await RunningProcess.start(
      node('console.log("ready", process.pid); setInterval(() => {}, 1000)'),
    );
    const pid = Number(/ready (\d+)/.exec(running.output)?.[1]);
    expect(process.kill(pid, 0)).toBe(true);
    await running[Symbol.asyncDispose]();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('ends although it is paused, and although it ignores SIGTERM when it is killed', async () => {
    const deaf = node('process.on("SIGTERM", () => {}); console.log("ready"); setInterval(() => {}, 1000)');
    const killed = await RunningProcess.start(deaf);
    await killed.pause();
    await killed.kill();
    const stopped = await RunningProcess.start(node('console.log("ready"); setInterval(() => {}, 1000)'));
    await stopped.pause();
    await stopped.stop();
  });

  it('starts again, and waits for what it says then', async () => {
    await using running = await RunningProcess.start(
      node('console.log("ready", process.pid); setInterval(() => {}, 1000)'),
    );
    await running.kill();
    await running.startAgain();
    const pids = [...running.output.matchAll(/ready (\d+)/g)].map(([, pid]) => pid);
    expect(new Set(pids).size).toBe(2);
  });

  it.each([
    ['that ends at once', 'console.error("bad flag"); process.exit(1)', /ended at once; it said:\nbad flag/],
  ])('%s fails with what it said', async (_, program, message) => {
    await expect(RunningProcess.start(node(program))).rejects.toThrow(message);
  });

  it('that is not there fails with the reason', async () => {
    const missing = { ...node(''), program: '/no/such/program' };
    await expect(RunningProcess.start(missing)).rejects.toThrow('ENOENT');
  });
});
