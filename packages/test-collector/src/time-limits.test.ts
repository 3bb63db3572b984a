import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { send } from './testing/send-request.ts';
import { TestCollector } from './test-collector.ts';

async function open(collector: TestCollector): Promise<Socket> {
  const socket = connect(collector.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

test.each([
  ['nothing', ''],
  ['part of a line', 'POST /v1/met'],
  ['what may become HTTP/2', 'PR'],
  ['headers without an end', 'POST /v1/metrics HTTP/1.1\r\nhost: a\r\n'],
])('closes a connection that sends %s', async (_, text) => {
  await using collector = await TestCollector.start({ limits: { headerTimeoutMs: 60 } });
  const socket = await open(collector);
  socket.write(text);
  socket.resume();
  await once(socket, 'close');
  expect(collector.requests).toEqual([]);
});

test('answers 408 to a body that does not come', async () => {
  await using collector = await TestCollector.start({ limits: { bodyTimeoutMs: 40 } });
  const socket = await open(collector);
  socket.write(
    'POST /v1/metrics HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 408 /);
  expect(collector.requests[0]).toMatchObject({ status: 408, rejection: { status: 408 } });
});

test('keeps a request whose client went away', async () => {
  await using collector = await TestCollector.start();
  const socket = await open(collector);
  socket.write(
    'POST /v1/metrics HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
  );
  socket.destroy();
  await collector.waitFor(() => collector.requests.length === 1);
  const [request] = collector.requests;
  expect(request).toMatchObject({ status: undefined, stored: false });
  expect(request?.rejection?.reason).toBe('the client went away before the end of the body');
});

test('closes a connection of HTTP/1.1 that is idle', async () => {
  await using collector = await TestCollector.start({ limits: { idleTimeoutMs: 30 } });
  const agent = new Agent({ keepAlive: true });
  const free = once(agent, 'free') as Promise<[Socket]>;
  await send(collector.url, { agent });
  const [socket] = await free;
  await once(socket, 'close');
  expect(socket.bytesWritten).toBeGreaterThan(0);
  agent.destroy();
});

test('closes a connection of HTTP/2 that is idle', async () => {
  await using collector = await TestCollector.start({ limits: { idleTimeoutMs: 30 } });
  const session = connectHttp2(collector.url);
  await once(session, 'close');
  expect(collector.requests).toEqual([]);
});
