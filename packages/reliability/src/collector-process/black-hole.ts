import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';

/** More connections than a queue of one holds (Linux lets in one more): the next one's SYN gets no answer. */
const enough = 4;

/**
 * digBlackHole takes a loopback port such that to connect there has no end: nobody refuses, nobody answers. It works
 * as on Linux: a listener whose queue is full drops what knocks.
 */
export async function digBlackHole(port: number): Promise<AsyncDisposable> {
  const child = fork(new URL('stopped-listener.ts', import.meta.url), [String(port)]);
  await once(child, 'message');
  child.kill('SIGSTOP');
  const fillers: Socket[] = [];
  for (let i = 0; i < enough; i++) {
    // What is still waiting to connect when the hole is filled in is of no interest.
    fillers.push(connect(port, '127.0.0.1').on('error', () => {}));
  }
  await Promise.race(fillers.map((socket) => once(socket, 'connect')));
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of fillers) socket.destroy();
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
