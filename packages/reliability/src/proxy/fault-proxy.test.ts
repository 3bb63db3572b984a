import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Cut, FaultProxy } from './fault-proxy.ts';

/** Repeats what it hears. */
const echo = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {}).pipe(socket);
});
let proxy: FaultProxy;

beforeEach(async () => {
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await FaultProxy.start((echo.address() as AddressInfo).port);
});

afterEach(async () => {
  await proxy.close();
  echo.close();
});

/** Sends a text and gives what came back until the end, and how that came. */
async function converse(text: string): Promise<string> {
  const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
  let heard = '';
  let ending = 'closed';
  socket.setEncoding('utf8').on('data', (chunk: string) => (heard += chunk));
  socket.on('error', (error: NodeJS.ErrnoException) => (ending = error.code ?? error.message));
  socket.write(text);
  if (!proxy.isArmed) {
    await once(socket, 'data');
    socket.end();
  }
  // `once` would reject for the error that is waited for.
  await new Promise((resolve) => {
    socket.on('close', resolve);
  });
  return `${heard} ${ending}`;
}

it('passes everything on', async () => {
  expect(await converse('hello')).toBe('hello closed');
});

it.each<[string, Cut]>([
  [' ECONNRESET', { of: 'request', afterBytes: 0, by: 'reset' }],
  [' ECONNRESET', { of: 'answer', afterBytes: 0, by: 'reset' }],
  ['hel closed', { of: 'answer', afterBytes: 3, by: 'close' }],
])('gives "%s" for a cut', async (heard, cut) => {
  proxy.cutNext(cut);
  expect(await converse('hello')).toBe(heard);
  expect(proxy.isArmed).toBe(false);
  expect(await converse('again')).toBe('again closed');
});
