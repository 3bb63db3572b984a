/** Ends by itself only when a closed collector leaves nothing behind: no handle, no socket, no timer. */
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TestCollector } from '../index.ts';
import { send } from './send-request.ts';

const ignore = (): void => {};

for (const tls of [undefined, 'self-signed'] as const) {
  const collector = await TestCollector.start(tls === undefined ? {} : { tls });
  const trusting = collector.certificate === undefined ? {} : { tls: { ca: collector.certificate } };
  collector.script([
    { do: 'accept' },
    { do: 'never-answer' },
    { do: 'accept', delayMs: 3_600_000 },
    { do: 'drip', everyMs: 3_600_000 },
    { do: 'endless-body' },
    { do: 'accept', closeAfterMs: 3_600_000 },
  ]);
  await send(collector.url, trusting);
  for (let request = 0; request < 5; request += 1) send(collector.url, trusting).catch(ignore);
  connect(collector.port, '127.0.0.1').on('error', ignore); // says nothing
  connectHttp2(collector.url, { rejectUnauthorized: false }).on('error', ignore);
  await collector.waitFor(() => collector.requests.length === 6);
  collector.delayConnections(3_600_000);
  const { opened } = collector.connections;
  connect(collector.port, '127.0.0.1').on('error', ignore);
  while (collector.connections.opened === opened) await nextTurn();
  await collector.close();
}
process.stdout.write('closed\n');
