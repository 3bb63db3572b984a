import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { TelemetryHandle } from '@pqcnet/telemetry';
import { type LoopbackServer, listen } from './listen.ts';

/** How long the gateway waits for a chain's node. */
const upstreamTimeoutMs = 100;

/** Tally is the gateway's own count of what it answered, kept apart from the telemetry to compare with. */
export interface Tally {
  readonly success: Map<string, number>;
  readonly failure: Map<string, number>;
}

/** Gateway is a running gateway. */
export interface Gateway extends LoopbackServer {
  readonly tally: Tally;
}

/**
 * startGateway starts the gateway: `POST /v1/<chain>/transactions` checks a transaction and passes it on to the
 * chain's node. Every request is recorded as it comes in.
 */
export async function startGateway(
  telemetry: TelemetryHandle,
  nodeUrls: ReadonlyMap<string, string>,
): Promise<Gateway> {
  const tally: Tally = { success: new Map(), failure: new Map() };

  const server = await listen(async (request, response) => {
    const chain = chainOf(request, nodeUrls);
    const done = telemetry.latency('pipeline', { attributes: { chain } }).start();
    const status = await handle(request, response, nodeUrls.get(chain));
    done();
    const outcome = status < 400 ? 'success' : 'failure';
    telemetry.recordCounter(`ingest.${outcome}`, 1, { chain });
    tally[outcome].set(chain, (tally[outcome].get(chain) ?? 0) + 1);
  });
  return { ...server, tally };
}

/** The chain in the path. A chain nobody knows is `unknown`: what callers make up must not become series. */
function chainOf(request: IncomingMessage, nodeUrls: ReadonlyMap<string, string>): string {
  const [, chain] = /^\/v1\/([a-z]+)\/transactions$/.exec(request.url ?? '') ?? [];
  return chain !== undefined && nodeUrls.has(chain) ? chain : 'unknown';
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  nodeUrl: string | undefined,
): Promise<number> {
  const body = await text(request);
  if (nodeUrl === undefined) return answer(response, 404, { error: 'no such chain or route' });
  if (!isTransaction(body))
    return answer(response, 400, { error: 'expected a JSON object with "to" and "amount"' });
  try {
    const upstream = await fetch(nodeUrl, {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(upstreamTimeoutMs),
    });
    return answer(response, upstream.status, await upstream.json());
  } catch {
    return answer(response, 504, { error: 'the node of the chain did not answer in time' });
  }
}

function isTransaction(body: string): boolean {
  try {
    const { to, amount } = JSON.parse(body) as { to?: unknown; amount?: unknown };
    return typeof to === 'string' && typeof amount === 'string';
  } catch {
    return false;
  }
}

function answer(response: ServerResponse, status: number, body: unknown): number {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  return status;
}
