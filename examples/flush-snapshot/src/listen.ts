import { once } from 'node:events';
import { type RequestListener, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** LoopbackServer is an HTTP server on a free port of this machine's loopback. */
export interface LoopbackServer extends AsyncDisposable {
  readonly url: string;
}

export async function listen(onRequest: RequestListener): Promise<LoopbackServer> {
  const server: Server = createServer(onRequest);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
