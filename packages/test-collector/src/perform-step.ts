import { type EventEmitter, once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { type AnswerBody, encodeStatus, encodeSuccess } from './encode-answer.ts';
import type { ReceivedRequest } from './received-request.ts';
import type { ScriptStep } from './script-step.ts';
import type { Connection } from './track-connections.ts';

/** The part of node's two response classes that an answer needs. */
export interface HttpResponse extends EventEmitter {
  statusCode: number;
  readonly destroyed: boolean;
  setHeader(name: string, value: string): unknown;
  write(chunk: Uint8Array): boolean;
  end(chunk: Uint8Array): unknown;
}

/** What answering needs: the request as recorded, where to answer, and the end of the collector. */
export interface Exchange {
  readonly request: ReceivedRequest;
  readonly response: HttpResponse;
  readonly connection: Connection | undefined;
  /** Aborted when the connection, or the collector, closes. */
  readonly signal: AbortSignal;
}

/** statusOf is the status that a request gets under a step; undefined when it gets no answer. */
export function statusOf(step: ScriptStep, rejectionStatus: number | undefined): number | undefined {
  switch (step.do) {
    case 'accept':
      return rejectionStatus ?? 200;
    case 'answer':
      return step.status;
    case 'partial-success':
      return 200;
    case 'never-answer':
    case 'reset':
      return undefined;
    case 'redirect':
      return step.status ?? 307;
    case 'drip':
    case 'endless-body':
    case 'garbage':
    case 'html':
      return step.status ?? 200;
  }
}

/** performStep answers a request, or fails to, as its step says. It rejects only when the signal aborts. */
export async function performStep(step: ScriptStep, exchange: Exchange): Promise<void> {
  const { response, connection, signal } = exchange;
  if (step.delayMs !== undefined) await wait(step.delayMs, undefined, { signal });
  if (response.destroyed) return;
  switch (step.do) {
    case 'reset':
      connection?.socket.resetAndDestroy();
      return;
    case 'never-answer':
      return;
    case 'drip':
      await drip(exchange, step);
      return;
    case 'endless-body':
      await endless(exchange);
      return;
    case 'accept':
      send(exchange, {});
      if (step.closeAfterMs !== undefined) {
        // Not under the signal: the exchange is over when the answer is sent.
        await wait(step.closeAfterMs, undefined, { ref: false });
        connection?.socket.destroySoon();
      }
      return;
    case 'answer':
      send(exchange, answerOf(step, exchange.request));
      return;
    case 'partial-success': {
      const { encoding, signal: kind } = exchange.request;
      const partial = { rejected: BigInt(step.rejected), message: step.message ?? '' };
      send(exchange, { body: encodeSuccess({ encoding, signal: kind, partial }) });
      return;
    }
    case 'garbage':
      send(exchange, { body: { contentType: defaultBody(exchange.request).contentType, bytes: garbage } });
      return;
    case 'html':
      send(exchange, { body: { contentType: 'text/html; charset=utf-8', bytes: page } });
      return;
    case 'redirect':
      send(exchange, { headers: { location: step.location } });
  }
}

const nothing = new Uint8Array(0);

/** Neither JSON nor protobuf: a field with the wire type 7, which there is not. */
const garbage = Buffer.from('\u0007\u00ff{not an answer', 'latin1');
const page = Buffer.from('<!doctype html><title>Welcome</title><p>Please log in.</p>\n');

interface Answer {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: AnswerBody;
}

function defaultBody(request: ReceivedRequest, message?: string): AnswerBody {
  const { encoding, signal, status = 200, rejection } = request;
  if (status < 300) return encodeSuccess({ encoding, signal });
  return encodeStatus({ encoding, status, message: message ?? rejection?.reason ?? `scripted ${status}` });
}

function answerOf(step: ScriptStep & { readonly do: 'answer' }, request: ReceivedRequest): Answer {
  const headers: Record<string, string> = { ...step.headers };
  const { retryAfter, body } = step;
  if (retryAfter !== undefined) {
    headers['retry-after'] = retryAfter instanceof Date ? retryAfter.toUTCString() : String(retryAfter);
  }
  const standard = defaultBody(request, step.message);
  if (body === undefined) return { headers, body: standard };
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return { headers, body: { contentType: standard.contentType, bytes } };
}

function writeHead({ request, response }: Exchange, { headers = {}, body }: Answer): AnswerBody {
  const { status = 200 } = request;
  const answer = body ?? defaultBody(request);
  response.statusCode = status;
  response.setHeader('content-type', answer.contentType);
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (status === 405) response.setHeader('allow', 'POST');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  return answer;
}

function send(exchange: Exchange, answer: Answer): void {
  const { bytes } = writeHead(exchange, answer);
  const { response, request } = exchange;
  if (request.status === 204 || request.status === 304) {
    response.end(nothing);
    return;
  }
  response.setHeader('content-length', String(bytes.length));
  response.end(bytes);
}

async function drip(exchange: Exchange, step: ScriptStep & { readonly do: 'drip' }): Promise<void> {
  const { response, signal } = exchange;
  const standard = writeHead(exchange, {});
  // An empty protobuf answer has nothing to drip.
  const bytes = standard.bytes.length > 0 ? standard.bytes : encodeDripped(exchange.request).bytes;
  response.setHeader('content-length', String(bytes.length));
  const { bytes: portion = 1, everyMs = 100 } = step;
  for (let start = 0; start < bytes.length; start += portion) {
    response.write(bytes.subarray(start, start + portion));
    // One after the other is the point of it.
    await wait(everyMs, undefined, { signal });
  }
  response.end(nothing);
}

function encodeDripped({ encoding, signal }: ReceivedRequest): AnswerBody {
  return encodeSuccess({ encoding, signal, partial: { rejected: 0n, message: 'one byte at a time' } });
}

async function endless(exchange: Exchange): Promise<void> {
  const { response, signal } = exchange;
  writeHead(exchange, {});
  const chunk = Buffer.alloc(16 * 1024, ' ');
  while (!signal.aborted) {
    // Backpressure: a client that does not read holds it up.
    if (!response.write(chunk)) await once(response, 'drain', { signal });
  }
}
