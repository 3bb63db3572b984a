import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { readExposition } from './read-exposition.ts';

it('reads names, labels and values', async () => {
  const text = '# HELP a b\n# TYPE a counter\na_total{x="1",y="{\\"}"} 7\nb 2.5e+06 1700000000000\n\n';
  const server = createServer((_, response) => response.end(text)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const samples = await readExposition(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`);
  server.close();
  server.closeAllConnections();
  expect(samples).toEqual([
    { name: 'a_total', labels: { x: '1', y: '{\\"}' }, value: '7' },
    { name: 'b', labels: {}, value: '2.5e+06' },
  ]);
});
