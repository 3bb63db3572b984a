import { Agent, request } from 'node:http';

interface Request {
  readonly path: string;
  readonly body: string;
}

/** The chains that have a node. */
export const chains: readonly string[] = ['base', 'ethereum', 'optimism', 'solana'];

const concurrency = 8;

/**
 * sendTraffic sends a day of a gateway in small: some hundred transactions to several chains, among them bodies that
 * are cut off, a chain that nobody runs, and transactions that a node takes long to trace. Resolves with the number of
 * answers by status.
 */
export async function sendTraffic(gatewayUrl: string): Promise<ReadonlyMap<number, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const waiting = [...transactions()];
  const answers = new Map<number, number>();
  async function sendOn(): Promise<void> {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const status = await post(new URL(next.path, gatewayUrl), next.body, agent);
      answers.set(status, (answers.get(status) ?? 0) + 1);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, sendOn));
  agent.destroy();
  return answers;
}

function* transactions(): Generator<Request> {
  for (const [i, chain] of chains.entries()) {
    const path = `/v1/${chain}/transactions`;
    // Busier chains first, so that every chain has counts of its own.
    for (let n = 0; n < 120 - 20 * i; n++) {
      yield {
        path,
        body: JSON.stringify({ to: `0x${n.toString(16).padStart(40, '0')}`, amount: String(n) }),
      };
    }
    for (let n = 0; n <= i; n++) {
      yield { path, body: '{"to": "0x00", "amo' };
      yield { path, body: JSON.stringify({ to: '0x01', amount: '1', trace: true }) };
    }
  }
  for (let n = 0; n < 5; n++) yield { path: '/v1/nochain/transactions', body: '{}' };
}

function post(url: URL, body: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
