import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** Cut is where the proxy stops passing bytes on, and what it does instead. */
export interface Cut {
  /** Whose bytes are counted: those of the request or those of the answer. */
  readonly of: 'request' | 'answer';
  /** How many bytes pass before. */
  readonly afterBytes: number;
  /** `reset` breaks both connections off (TCP RST), `close` ends them, `silence` lets them stand without a byte more. */
  readonly by: 'reset' | 'close' | 'silence';
}

/** A server on a loopback port may be reached through two sockets for each connection. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/**
 * FaultProxy passes TCP connections on to a loopback port, and breaks one of them at an exact byte when it is told to:
 * what a collector can't do to itself, whose kernel has read on.
 */
export class FaultProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #cut: Cut | undefined = undefined;
  #passed = 0;

  private constructor(targetPort: number) {
    this.#server = createServer((client) => this.#join(client, connect(targetPort, '127.0.0.1')));
  }

  static async start(targetPort: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(targetPort);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Whether the last cut is still to be made. */
  get isArmed(): boolean {
    return this.#cut !== undefined;
  }

  /** cutNext breaks off the connection on which the next bytes of that side go: once. */
  cutNext(cut: Cut): void {
    this.#cut = cut;
    this.#passed = 0;
  }

  async close(): Promise<void> {
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
    this.#server.close();
    await once(this.#server, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #join(client: Socket, server: Socket): void {
    const pair = { client, server };
    this.#pairs.add(pair);
    const end = (): void => {
      client.destroy();
      server.destroy();
      this.#pairs.delete(pair);
    };
    client.on('data', (chunk: Buffer) => this.#pass('request', chunk, { from: client, to: server }));
    server.on('data', (chunk: Buffer) => this.#pass('answer', chunk, { from: server, to: client }));
    for (const socket of [client, server]) socket.on('error', end).on('close', end).setNoDelay();
  }

  #pass(of: Cut['of'], chunk: Buffer, { from, to }: { readonly from: Socket; readonly to: Socket }): void {
    const cut = this.#cut;
    if (cut?.of !== of) {
      to.write(chunk);
      return;
    }
    const rest = cut.afterBytes - this.#passed;
    this.#passed += chunk.length;
    if (chunk.length < rest) {
      to.write(chunk);
      return;
    }
    this.#cut = undefined;
    const breakOff = (): void => {
      if (cut.by === 'silence') {
        from.pause();
        to.pause();
      } else if (cut.by === 'close') to.end();
      else for (const socket of [from, to]) socket.resetAndDestroy();
    };
    if (rest === 0) breakOff();
    else to.write(chunk.subarray(0, rest), breakOff);
  }
}
