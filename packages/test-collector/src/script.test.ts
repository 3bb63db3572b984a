import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectHttp2, constants } from 'node:http2';
import type { Socket } from 'node:net';
import { fromBinary } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { descriptorOf, encodeProtobuf } from './testing/encode-protobuf.ts';
import { counterBody } from './testing/metrics-body.ts';
import { type Answer, send, sendHttp2 } from './testing/send-request.ts';
import type { ScriptStep } from './script-step.ts';
import { TestCollector } from './test-collector.ts';

const body = counterBody('c', [{ value: 1n }]);
const json = JSON.stringify(body);
const large = JSON.stringify({ ...body, padding: 'x'.repeat(4 * 2 ** 20) });
const protobuf = {
  body: encodeProtobuf('ExportMetricsServiceRequest', body),
  headers: { 'content-type': 'application/x-protobuf' },
};

async function under(
  step: ScriptStep,
  request: Parameters<typeof send>[1] = {},
): Promise<{ answer: Answer; collector: TestCollector }> {
  await using collector = await TestCollector.start();
  collector.script([step]);
  const answer = await send(collector.url, { body: json, ...request });
  collector.assertScriptConsumed();
  return { answer, collector };
}

test.each([
  [{ do: 'answer', status: 503, retryAfter: 7 }, 503, '7'],
  [{ do: 'answer', status: 429, retryAfter: 'soon' }, 429, 'soon'],
  [{ do: 'answer', status: 502, retryAfter: new Date(0) }, 502, 'Thu, 01 Jan 1970 00:00:00 GMT'],
] as const)('answers by %o', async (step, status, retryAfter) => {
  const { answer, collector } = await under(step);
  expect(answer.status).toBe(status);
  expect(answer.headers['retry-after']).toBe(retryAfter);
  expect(JSON.parse(answer.body.toString())).toEqual({
    code: expect.any(Number),
    message: `scripted ${status}`,
  });
  expect(collector.requests[0]).toMatchObject({ status, stored: false, step, rejection: undefined });
  expect(collector.sum('c')).toBe(0n);
});

test('answers a status with the body, message and headers it is given', async () => {
  const text = await under({
    do: 'answer',
    status: 500,
    body: 'oops',
    headers: { 'Content-Type': 'text/plain' },
  });
  expect(text.answer.body.toString()).toBe('oops');
  expect(text.answer.headers['content-type']).toBe('text/plain');
  const status = await under({ do: 'answer', status: 400, message: 'bad point' }, protobuf);
  expect(fromBinary(descriptorOf('Status'), status.answer.body)).toMatchObject({
    code: 3,
    message: 'bad point',
  });
  const empty = await under({ do: 'answer', status: 204 });
  expect(empty.answer).toMatchObject({ status: 204, body: Buffer.alloc(0) });
  expect(empty.collector.sum('c')).toBe(1n);
});

test('answers a partial success in both encodings', async () => {
  const step = { do: 'partial-success', rejected: 2n ** 40n, message: 'too old' } as const;
  const { answer, collector } = await under(step);
  expect(JSON.parse(answer.body.toString())).toEqual({
    partialSuccess: { rejectedDataPoints: '1099511627776', errorMessage: 'too old' },
  });
  expect(collector.sum('c')).toBe(1n);
  const other = await under(step, protobuf);
  expect(fromBinary(descriptorOf('ExportServiceResponse'), other.answer.body)).toMatchObject({
    partialSuccess: { rejected: 2n ** 40n, errorMessage: 'too old' },
  });
});

test('names what was rejected after the signal', async () => {
  const traces = await under({ do: 'partial-success', rejected: 1 }, { path: '/v1/traces', body: '{}' });
  expect(JSON.parse(traces.answer.body.toString())).toEqual({
    partialSuccess: { rejectedSpans: '1', errorMessage: '' },
  });
  const logs = await under({ do: 'partial-success', rejected: 1 }, { path: '/v1/logs', body: '{}' });
  expect(JSON.parse(logs.answer.body.toString())).toHaveProperty('partialSuccess.rejectedLogRecords', '1');
});

test('waits before it answers', async () => {
  const start = performance.now();
  const { answer } = await under({ do: 'accept', delayMs: 50 });
  expect(answer.status).toBe(200);
  expect(performance.now() - start).toBeGreaterThanOrEqual(49);
});

test('drips its answer', async () => {
  await using collector = await TestCollector.start();
  collector.script([{ do: 'drip', bytes: 3, everyMs: 3_600_000, status: 503 }]);
  const request = httpRequest(`${collector.url}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  request.end(json);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const [portion] = (await once(response, 'data')) as [Buffer];
  expect(portion.toString()).toBe('{"c');
  expect(Number(response.headers['content-length'])).toBeGreaterThan(3);
  request.destroy();
});

test('drips an answer that would be empty as a partial success without a rejection', async () => {
  const { answer } = await under({ do: 'drip', bytes: 5, everyMs: 1 }, protobuf);
  expect(fromBinary(descriptorOf('ExportServiceResponse'), answer.body)).toMatchObject({
    partialSuccess: { rejected: 0n, errorMessage: 'one byte at a time' },
  });
});

test('leaves a request without an answer', async () => {
  await using collector = await TestCollector.start();
  collector.script([{ do: 'never-answer' }]);
  const request = httpRequest(`${collector.url}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  request.on('error', () => {});
  let answered = false;
  request.once('response', () => (answered = true));
  request.end(json);
  await collector.waitFor(() => collector.requests.length === 1);
  await send(collector.url);
  expect(answered).toBe(false);
  expect(collector.requests[0]).toMatchObject({ status: undefined, stored: false });
  request.destroy();
});

test.each([
  ['before-body', 0, 0],
  ['during-body', large.length / 2, large.length * 0.75],
  ['after-body', large.length, large.length],
] as const)('resets the connection %s', async (when, atLeast, atMost) => {
  await using collector = await TestCollector.start();
  collector.script([{ do: 'reset', when }]);
  await expect(send(collector.url, { body: large })).rejects.toThrow(/ECONNRESET|EPIPE|socket hang up/);
  const [request] = collector.requests;
  expect(request).toMatchObject({ status: undefined, stored: false, rejection: undefined });
  expect(request?.rawBody.length).toBeGreaterThanOrEqual(atLeast);
  expect(request?.rawBody.length).toBeLessThanOrEqual(atMost);
});

test('resets a connection of HTTP/2 and of TLS', async () => {
  await using plain = await TestCollector.start();
  plain.script([{ do: 'reset', when: 'after-body' }]);
  await expect(sendHttp2(plain.url, { body: json })).rejects.toThrow(/closed|ECONNRESET/);
  plain.assertScriptConsumed();
  await using secure = await TestCollector.start({ tls: 'self-signed' });
  secure.script([
    { do: 'reset', when: 'after-body' },
    { do: 'reset', when: 'before-body' },
  ]);
  const tls = { ca: secure.certificate ?? '' };
  await expect(send(secure.url, { body: json, tls })).rejects.toThrow(/ECONNRESET|socket hang up/);
  await expect(sendHttp2(secure.url, { body: json, tls })).rejects.toThrow(/closed|ECONNRESET/);
  secure.assertScriptConsumed();
});

test('stores what a step says to, whatever it answers', async () => {
  await using collector = await TestCollector.start();
  collector.script([
    { do: 'reset', when: 'after-body', store: true },
    { do: 'accept', store: false },
  ]);
  await expect(send(collector.url, { body: json })).rejects.toThrow(/ECONNRESET|socket hang up/);
  expect(collector.sum('c')).toBe(1n);
  await send(collector.url, { body: JSON.stringify(counterBody('d', [{ value: 1n }])) });
  expect(collector.sum('d')).toBe(0n);
});

test('answers with a body that does not end', async () => {
  await using collector = await TestCollector.start();
  collector.script([{ do: 'endless-body' }]);
  const request = httpRequest(`${collector.url}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  request.end(json);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let read = 0;
  for await (const chunk of response) {
    read += (chunk as Buffer).length;
    if (read > 8 * 2 ** 20) break;
  }
  expect(response.statusCode).toBe(200);
  expect(read).toBeGreaterThan(8 * 2 ** 20);
});

test('answers garbage and HTML with 200', async () => {
  const garbage = await under({ do: 'garbage' });
  expect(garbage.answer.headers['content-type']).toBe('application/json');
  expect(() => JSON.parse(garbage.answer.body.toString())).toThrow('JSON');
  const binary = await under({ do: 'garbage' }, protobuf);
  expect(() => fromBinary(descriptorOf('ExportServiceResponse'), binary.answer.body)).toThrow(/./);
  const html = await under({ do: 'html' });
  expect(html.answer.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(html.answer.body.toString()).toMatch(/^<!doctype html>/);
});

test('redirects', async () => {
  const { answer } = await under({ do: 'redirect', location: 'http://127.0.0.1:1/x', status: 302 });
  expect(answer.status).toBe(302);
  expect(answer.headers['location']).toBe('http://127.0.0.1:1/x');
});

test('closes a kept-alive connection after an answer, unannounced', async () => {
  await using collector = await TestCollector.start();
  collector.script([{ do: 'accept', closeAfterMs: 0 }]);
  const agent = new Agent({ keepAlive: true });
  const free = once(agent, 'free') as Promise<[Socket]>;
  const answer = await send(collector.url, { agent });
  expect(answer.headers['connection']).toBe('keep-alive');
  const [socket] = await free;
  await once(socket, 'close');
  agent.destroy();
});

test('closes idle connections and resets all, when told to', async () => {
  await using collector = await TestCollector.start();
  const agent = new Agent({ keepAlive: true });
  const free = once(agent, 'free') as Promise<[Socket]>;
  await send(collector.url, { agent });
  const [socket] = await free;
  const closed = once(socket, 'close');
  collector.closeIdleConnections();
  await closed;
  const session = connectHttp2(collector.url);
  session.on('error', () => {});
  await once(session, 'remoteSettings');
  const lost = once(session, 'close');
  collector.resetConnections();
  await lost;
  expect(collector.connections.opened).toBe(2);
  agent.destroy();
});

test.each([[undefined], ['self-signed' as const]])('is slow to accept connections (tls: %s)', async (tls) => {
  await using collector = await TestCollector.start(tls === undefined ? {} : { tls });
  collector.delayConnections(50);
  const start = performance.now();
  const trusting = collector.certificate === undefined ? {} : { tls: { ca: collector.certificate } };
  expect((await send(collector.url, trusting)).status).toBe(200);
  expect(performance.now() - start).toBeGreaterThanOrEqual(49);
  expect(() => collector.delayConnections(-1)).toThrow('delayMs: expected 0 to 2147483647, found -1');
});

test('asks the function once the list is used up', async () => {
  await using collector = await TestCollector.start();
  collector.script(({ path }) => (path === '/v1/logs' ? { do: 'answer', status: 404 } : undefined));
  collector.script([{ do: 'answer', status: 500, times: 2 }]);
  const statuses: number[] = [];
  for (const path of ['/v1/metrics', '/v1/logs', '/v1/logs', '/v1/metrics']) {
    statuses.push((await send(collector.url, { path })).status);
  }
  expect(statuses).toEqual([500, 500, 404, 200]);
});

test('answers 500 when the function throws, and tells later', async () => {
  await using collector = await TestCollector.start();
  collector.script(() => {
    throw new Error('a bug in the test');
  });
  expect((await send(collector.url)).status).toBe(500);
  expect(() => collector.assertScriptConsumed()).toThrow(
    expect.objectContaining({ code: 'SCRIPT_NOT_CONSUMED', cause: new Error('a bug in the test') }),
  );
});

test('tells of a step that can not be performed', async () => {
  await using collector = await TestCollector.start();
  collector.script([{ do: 'answer', status: 200, headers: { 'x-broken': 'a\nb' } }]);
  await expect(send(collector.url)).rejects.toThrow(/socket hang up|ECONNRESET/);
  expect(() => collector.assertScriptConsumed()).toThrow(
    /could not be followed: Invalid character in header/,
  );
});

test('lists the steps that got no request', async () => {
  await using collector = await TestCollector.start();
  collector.script([{ do: 'partial-success', rejected: 3n }, { do: 'html' }]);
  expect(() => collector.assertScriptConsumed()).toThrow(
    /^2 step.*\n {2}\{"do":"partial-success","rejected":"3"\}\n {2}\{"do":"html"\}$/,
  );
});

test.each([
  [{ do: 'accept', times: -1 }, 'times: expected a whole number, found -1'],
  [{ do: 'accept', delayMs: Number.NaN }, 'delayMs: expected 0 to 2147483647, found NaN'],
  [{ do: 'answer', status: 99 }, 'status: expected 200 to 599, found 99'],
] as const)('refuses the step %o', async (step, message) => {
  await using collector = await TestCollector.start();
  expect(() => collector.script([step])).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message }),
  );
});

test('ends a stream of HTTP/2 that it never answers when it closes', async () => {
  const collector = await TestCollector.start();
  collector.script([{ do: 'never-answer', when: 'before-body' }]);
  const session = connectHttp2(collector.url);
  session.on('error', () => {});
  const stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: '/v1/metrics',
  });
  stream.on('error', () => {});
  await collector.waitFor(() => collector.requests.length === 1);
  const closed = once(session, 'close');
  await collector.close();
  await closed;
  expect(stream.rstCode).not.toBe(constants.NGHTTP2_NO_ERROR);
});
