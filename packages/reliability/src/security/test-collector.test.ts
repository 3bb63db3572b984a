import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { expect, it } from 'vitest';
import { Rig } from '../testing/rig.ts';

it('listens on loopback unless told otherwise', async () => {
  await using collector = await TestCollector.start();
  expect(new URL(collector.url).hostname).toBe('127.0.0.1');
});

it.each([
  ['as sent', { maxBodyBytes: 1000 }, Buffer.alloc(1001), {}],
  [
    'inflated',
    { maxInflatedBytes: 100_000 },
    gzipSync(Buffer.alloc(50_000_000)),
    { 'content-encoding': 'gzip' },
  ],
])('takes no more of a body than its limit, %s', async (_title, limits, body, headers) => {
  await using collector = await TestCollector.start({ limits });
  const response = await fetch(`${collector.url}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  await response.arrayBuffer();
  expect(response.status).toBe(413);
  expect(collector.requests[0]?.body).toBeUndefined();
});

it.each([
  ['headers', { headerTimeoutMs: 50 }, 'POST /v1/metrics HTTP/1.1\r\nhost: a\r\n'],
  [
    'a body',
    { bodyTimeoutMs: 50 },
    'POST /v1/metrics HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
  ],
])('does not wait for ever for %s', async (_title, limits, begun) => {
  await using collector = await TestCollector.start({ limits });
  const socket = connect(collector.port, '127.0.0.1');
  let heard = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (heard += chunk));
  socket.write(begun);
  await new Promise((resolve) => {
    socket.on('close', resolve);
  });
  expect(heard).toMatch(/^HTTP\/1.1 408 /);
});

it('is not needed for the exporter to bound what it reads: an answer that inflates without end is cut', async () => {
  await using rig = await Rig.start();
  const body = gzipSync(Buffer.alloc(100_000_000, ' '));
  rig.collector.script([{ do: 'answer', status: 200, body, headers: { 'content-encoding': 'gzip' } }]);
  rig.workload.recordRound();
  expect((await rig.failToFlush()).error).toMatchObject({ code: 'RESPONSE_TOO_LARGE', outcome: 'rejected' });
});
