import { expect, test } from 'vitest';
import { encodeProtobuf } from './testing/encode-protobuf.ts';
import { counterBody } from './testing/metrics-body.ts';
import { send } from './testing/send-request.ts';
import { TestCollector } from './test-collector.ts';

const body = counterBody('ingest.success', [{ value: 3n, attributes: { chain: 'base' } }]);
const json = JSON.stringify(body);

const protobufHeaders = { 'content-type': 'application/x-protobuf' };

test('reads traces and logs', async () => {
  await using collector = await TestCollector.start();
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'gateway' } }] };
  const traceId = '5b8efff798038103d269b633813fc60c';
  const spans = {
    resourceSpans: [
      { resource, scopeSpans: [{ spans: [{ traceId, name: 'GET', startTimeUnixNano: '5' }] }] },
    ],
  };
  await send(collector.url, { path: '/v1/traces', body: JSON.stringify(spans) });
  const logs = {
    resourceLogs: [{ resource, scopeLogs: [{ logRecords: [{ traceId, body: { stringValue: 'hello' } }] }] }],
  };
  await send(collector.url, {
    path: '/v1/logs',
    body: encodeProtobuf('ExportLogsServiceRequest', logs),
    headers: protobufHeaders,
  });
  expect(collector.spans()).toMatchObject([{ traceId, name: 'GET', startTimeUnixNano: 5n }]);
  expect(collector.logRecords()).toMatchObject([{ traceId, body: { stringValue: 'hello' } }]);
  expect(collector.resource()).toEqual({ 'service.name': 'gateway' });
  expect(collector.metrics()).toEqual([]);
});

test('waits for what has not arrived yet', async () => {
  await using collector = await TestCollector.start();
  const arrived = collector.waitFor(() => collector.sum('ingest.success') === 3n && 'there');
  await send(collector.url, { body: json });
  expect(await arrived).toBe('there');
});

test('tells what arrived when a wait ends in vain', async () => {
  await using collector = await TestCollector.start();
  await send(collector.url, { body: json });
  await expect(collector.waitFor(() => collector.sum('other') > 0n, { timeoutMs: 20 })).rejects.toMatchObject(
    {
      code: 'WAIT_TIMED_OUT',
      message: expect.stringContaining('ingest.success{chain="base"} sum 3 cumulative'),
    },
  );
  await expect(
    collector.waitFor(() => false, { signal: AbortSignal.abort(new Error('enough')) }),
  ).rejects.toThrow('enough');
});

test('forgets requests and script on reset', async () => {
  await using collector = await TestCollector.start();
  collector.script([{ do: 'accept', times: 2 }]);
  await send(collector.url, { body: json });
  collector.reset();
  expect(collector.requests).toEqual([]);
  expect(collector.sum('ingest.success')).toBe(0n);
  collector.assertScriptConsumed();
  await send(collector.url, { body: json });
  expect(collector.requests[0]?.index).toBe(0);
});

test('keeps no more requests than it was told to', async () => {
  await using collector = await TestCollector.start({ limits: { maxRequests: 2 } });
  await send(collector.url);
  await send(collector.url);
  await send(collector.url);
  expect(collector.requests.map(({ index }) => index)).toEqual([1, 2]);
});
