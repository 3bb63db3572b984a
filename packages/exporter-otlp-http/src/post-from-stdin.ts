import { writeFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';

import { compressBody } from './compress-body.ts';
import type { ChildMessage, ChildOrder } from './post-in-child.ts';
import { sendWithin } from './send-within.ts';
import { TransportError } from './transport/transport.ts';
import { undiciTransport } from './transport/undici-transport.ts';

// The program of the child process that `postInChild` starts: nothing imports it.

/** How long before its time is over the child gives up by itself, and says what it knows. */
const MARGIN_MS = 50;

const input = await buffer(process.stdin);
const endOfOrder = input.indexOf('\n');
const order = JSON.parse(input.toString('utf8', 0, endOfOrder)) as ChildOrder;
const transport = undiciTransport(order.transport);
const signal = AbortSignal.timeout(Math.max(0, Math.floor(order.timeoutMs - MARGIN_MS - performance.now())));

say('ready');
let start = endOfOrder + 1;
for (const length of order.bodyLengths) {
  const answer = await post(input.subarray(start, start + length));
  say(answer);
  // Whether and how to go on is for the parent to say.
  if ('code' in answer || answer.status < 200 || answer.status > 299) break;
  start += length;
}
process.exit();

async function post(plain: Uint8Array): Promise<Exclude<ChildMessage, 'ready'>> {
  try {
    const body = await compressBody(plain, order.compression);
    const headers = { ...order.headers, 'content-length': String(body.byteLength) };
    const request = { url: new URL(order.url), headers, body, signal };
    const { body: answered, ...response } = await sendWithin(transport, request);
    return { ...response, bodyBase64: Buffer.from(answered).toString('base64') };
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const { code, message, bodyLeft } = error;
    return { code, message, bodyLeft };
  }
}

/** Straight to the descriptor: what was said is out, however this process ends. */
function say(message: ChildMessage): void {
  writeFileSync(1, `${JSON.stringify(message)}\n`);
}
