import type { SpawnSyncReturns } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Compression } from './compress-body.ts';
import type { OtlpHttpErrorCode } from './otlp-http-error.ts';
import { TransportError, type Transport, type TransportResponse } from './transport/transport.ts';
import type { UndiciTransportOptions } from './transport/undici-transport.ts';

/** ChildOrder is what the child process reads from its standard input: one line of JSON, then the bodies. */
export interface ChildOrder {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: Compression;
  readonly transport: UndiciTransportOptions;
  /** Counted from the start of the child. */
  readonly timeoutMs: number;
  readonly bodyLengths: readonly number[];
}

/** ChildMessage is one line of the child's standard output: `ready` once, then an answer for each body it sent. */
export type ChildMessage =
  | 'ready'
  | (Omit<TransportResponse, 'body'> & { readonly bodyBase64: string })
  | { readonly code: OtlpHttpErrorCode; readonly message: string; readonly bodyLeft: 'no' | 'unknown' };

/** PostOptions is where and how to post, and how long it may take. */
export interface PostOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: Compression;
  readonly transport: Transport;
  readonly timeoutMs: number;
}

/** Keeps a child of a child from being made, whatever program it is that this process runs. */
const CHILD_MARK = 'PQCNET_TELEMETRY_CHILD';

/**
 * postInChild has a child process POST bodies, and waits for it. It gives an answer for at least the first body, and
 * for those after it up to the first one that is no 2xx. What is secret goes to the child's standard input only.
 */
export function postInChild(
  bodies: readonly Uint8Array[],
  options: PostOptions,
): readonly (TransportResponse | TransportError)[] {
  const { url, headers, compression, transport } = options;
  const timeoutMs = Math.ceil(options.timeoutMs);
  const transportOptions = transport.optionsForChild?.();
  if (transportOptions === undefined) return [notStarted('the transport has no way to do it')];
  if (timeoutMs < 1) return [overdue(url, 'no')];
  const order: ChildOrder = {
    url: url.href,
    headers,
    compression,
    transport: transportOptions,
    timeoutMs,
    bodyLengths: bodies.map(({ byteLength }) => byteLength),
  };
  try {
    const child = runChild([Buffer.from(`${JSON.stringify(order, pemAsText)}\n`), ...bodies], timeoutMs);
    return typeof child === 'string' ? [notStarted(child)] : readAnswers(child, bodies.length, url);
  } catch (cause) {
    return [notStarted('no child process can be started', cause)];
  }
}

/** The built-in module is asked for only now: programs that never get here don't pay for it. */
function runChild(input: readonly Uint8Array[], timeoutMs: number): SpawnSyncReturns<Buffer> | string {
  if (process.env[CHILD_MARK] !== undefined) return 'this process is such a child itself';
  // A single executable application would run itself.
  if (process.getBuiltinModule('node:sea')?.isSea()) return 'this program is a single executable application';
  const extension = extname(import.meta.url);
  const script = fileURLToPath(new URL(`./post-from-stdin${extension}`, import.meta.url));
  // From the sources, other packages are to be found as sources, too.
  const flags = extension === '.ts' ? ['--conditions=@pqcnet/source'] : [];
  return process.getBuiltinModule('node:child_process').spawnSync(process.execPath, [...flags, script], {
    input: Buffer.concat(input),
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    stdio: ['pipe', 'pipe', 'ignore'],
    maxBuffer: Number.POSITIVE_INFINITY,
    windowsHide: true,
    // What NODE_OPTIONS loads into this program (instrumentation, debuggers) is not for the child.
    env: { ...process.env, NODE_OPTIONS: undefined, ELECTRON_RUN_AS_NODE: '1', [CHILD_MARK]: '1' },
  });
}

function readAnswers(
  child: SpawnSyncReturns<Buffer>,
  expected: number,
  url: URL,
): readonly (TransportResponse | TransportError)[] {
  const [ready, ...lines] = child.stdout?.toString('utf8').split('\n') ?? [];
  // A line that is not complete has no line break behind it.
  const answers = lines.slice(0, -1).map((line) => readAnswer(JSON.parse(line) as ChildMessage));
  const last = answers.at(-1);
  const isStopped = last !== undefined && (last instanceof TransportError || !isSuccess(last.status));
  if (isStopped || answers.length === expected) return answers;
  const bodyLeft = ready === JSON.stringify('ready') ? 'unknown' : 'no';
  if (child.error !== undefined && 'code' in child.error && child.error.code === 'ETIMEDOUT') {
    return [...answers, overdue(url, bodyLeft)];
  }
  return [...answers, ended(child, bodyLeft)];
}

function readAnswer(message: ChildMessage): TransportResponse | TransportError {
  if (message === 'ready') throw new Error('the child was ready twice');
  if ('code' in message) {
    return new TransportError(message.code, message.message, { bodyLeft: message.bodyLeft });
  }
  const { bodyBase64, ...response } = message;
  return { ...response, body: Buffer.from(bodyBase64, 'base64') };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function pemAsText(_: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value;
}

function overdue(url: URL, bodyLeft: 'no' | 'unknown'): TransportError {
  return new TransportError('DEADLINE_EXCEEDED', `no complete answer came from ${url.host} in time`, {
    bodyLeft,
  });
}

function notStarted(reason: string, cause?: unknown): TransportError {
  const message = `nothing was sent synchronously: ${reason}`;
  return new TransportError('TRANSPORT_FAILED', message, { bodyLeft: 'no', cause });
}

function ended(child: SpawnSyncReturns<Buffer>, bodyLeft: 'no' | 'unknown'): TransportError {
  const { error, status, signal } = child;
  const code = error !== undefined && 'code' in error ? error.code : error?.name;
  const how = signal ?? (status === null ? String(code) : `exit code ${status}`);
  const message = `the child process that sends failed (${how})`;
  return new TransportError('TRANSPORT_FAILED', message, { bodyLeft, cause: error });
}
