import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { bodyTooLarge, checkHead, contentCoding, encodingOf } from './check-head.ts';
import type { ResolvedOptions } from './collector-options.ts';
import { decodeBody } from './decode-body.ts';
import { inflateBody } from './inflate-body.ts';
import { type HttpResponse, performStep, statusOf } from './perform-step.ts';
import { type BodyRead, readBody } from './read-body.ts';
import type { ReceivedRequest, Rejection, RequestHead } from './received-request.ts';
import type { RequestLog } from './request-log.ts';
import type { Script } from './script.ts';
import type { ScriptStep } from './script-step.ts';
import type { Connection, ConnectionTracker } from './track-connections.ts';

type HttpRequest = IncomingMessage | Http2ServerRequest;

/** What requests are handled with. */
export interface HandlerContext {
  readonly options: ResolvedOptions;
  readonly log: RequestLog;
  readonly script: Script;
  readonly connections: ConnectionTracker;
}

/** handleRequest takes a request from its headers to its answer: check, read, inflate, decode, record, answer. */
export async function handleRequest(
  request: HttpRequest,
  response: HttpResponse,
  context: HandlerContext,
): Promise<void> {
  const connection = context.connections.find(request.socket);
  const gone = new AbortController();
  if (connection !== undefined) connection.active += 1;
  response.once('close', () => {
    if (connection !== undefined) connection.active -= 1;
    gone.abort();
  });
  const head = readHead(request, { context, connection });
  const scripted = context.script.next(head);
  const step: ScriptStep = scripted ?? { do: 'accept' };
  const { body, content } = await receive(request, { head, step, context });
  const rejection = 'rejection' in content ? content.rejection : undefined;
  const status = body.ended === 'aborted' ? undefined : statusOf(step, rejection?.status);
  const recorded: ReceivedRequest = {
    ...head,
    rawBody: body.bytes,
    body: 'inflated' in content ? content.inflated : undefined,
    decoded: 'decoded' in content ? content.decoded : undefined,
    rejection,
    step: scripted,
    stored:
      rejection === undefined &&
      'decoded' in content &&
      (step.store ?? (status !== undefined && status < 300)),
    status,
  };
  context.log.add(recorded);
  if (body.ended === 'aborted') return;
  const unread = body.ended === 'too-large' || body.ended === 'timed-out';
  if (unread) await discard(request, response);
  try {
    await performStep(step, { request: recorded, response, connection, signal: gone.signal });
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

const httpVersions: ReadonlyMap<string, RequestHead['httpVersion']> = new Map([
  ['1.0', '1.0'],
  ['2.0', '2.0'],
]);

function readHead(
  request: HttpRequest,
  { context, connection }: { context: HandlerContext; connection: Connection | undefined },
): RequestHead {
  const path = request.url ?? '/';
  const [pathname = path] = path.split('?');
  return {
    index: context.log.takeIndex(),
    receivedAtMs: Date.now(),
    connection: connection?.number ?? 0,
    httpVersion: httpVersions.get(request.httpVersion) ?? '1.1',
    method: request.method ?? '',
    path,
    headers: request.headers,
    signal: context.options.paths.get(pathname),
    encoding: encodingOf(request.headers),
  };
}

type Content =
  | { readonly rejection: Rejection; readonly inflated?: Uint8Array }
  | { readonly decoded: ReceivedRequest['decoded']; readonly inflated: Uint8Array }
  | { readonly incomplete: true };

interface Received {
  readonly body: BodyRead;
  readonly content: Content;
}

const nothing: BodyRead = { ended: 'stopped', bytes: new Uint8Array(0) };

async function receive(
  request: HttpRequest,
  { head, step, context }: { head: RequestHead; step: ScriptStep; context: HandlerContext },
): Promise<Received> {
  const { limits } = context.options;
  const moment = 'when' in step ? step.when : undefined;
  if (moment === 'before-body') return { body: nothing, content: { incomplete: true } };
  const headRejection = checkHead(head, context.options);
  const tooLarge = headRejection?.status === 413;
  const body = tooLarge
    ? ({ ...nothing, ended: 'too-large' } as const)
    : await readBody(request, {
        maxBytes: limits.maxBodyBytes,
        timeoutMs: limits.bodyTimeoutMs,
        stopAfterBytes:
          moment === 'during-body' ? Number(head.headers['content-length'] ?? 1) / 2 : undefined,
      });
  if (headRejection !== undefined) return { body, content: { rejection: headRejection } };
  switch (body.ended) {
    case 'aborted':
      return {
        body,
        content: { rejection: { status: 400, reason: 'the client went away before the end of the body' } },
      };
    case 'stopped':
      return { body, content: { incomplete: true } };
    case 'timed-out': {
      const reason = `the body was not complete within ${limits.bodyTimeoutMs} ms`;
      return { body, content: { rejection: { status: 408, reason } } };
    }
    case 'too-large':
      return { body, content: { rejection: bodyTooLarge(limits.maxBodyBytes) } };
    case 'complete':
      return { body, content: await readContent(body.bytes, { head, maxBytes: limits.maxInflatedBytes }) };
  }
}

async function readContent(
  raw: Uint8Array,
  { head, maxBytes }: { head: RequestHead; maxBytes: number },
): Promise<Content> {
  const { encoding, signal, headers } = head;
  const inflated = await inflateBody(raw, { coding: contentCoding(headers), maxBytes });
  if ('rejection' in inflated) return inflated;
  if (encoding === undefined || signal === undefined) return { incomplete: true }; // checked with the head
  return { inflated: inflated.bytes, ...(await decodeBody(inflated.bytes, { encoding, signal })) };
}

/** A client that is still sending reads no answer: what is left of its body is thrown away for a moment. */
async function discard(request: HttpRequest, response: HttpResponse): Promise<void> {
  if (request.httpVersion.startsWith('1')) response.setHeader('connection', 'close');
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, 200);
    request.once('end', resolve).once('close', resolve).resume();
    response.once('close', () => clearTimeout(timer));
  });
}
