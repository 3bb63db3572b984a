import type { Socket } from 'node:net';

/** One TCP connection of a client. */
export interface Connection {
  /** 1 for the first since the start. */
  readonly number: number;
  readonly socket: Socket;
  /** Requests under way. */
  active: number;
}

/** A socket, or a stand-in for one, that knows its peer. */
interface Peer {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/** ConnectionTracker knows the open connections, so that they can be closed, reset and told apart. */
export class ConnectionTracker {
  #opened = 0;
  readonly #open = new Map<string, Connection>();

  /** How many connections were accepted since the start. */
  get opened(): number {
    return this.#opened;
  }

  /** How many are open now. */
  get open(): number {
    return this.#open.size;
  }

  add(socket: Socket): void {
    this.#opened += 1;
    const key = keyOf(socket);
    const connection: Connection = { number: this.#opened, socket, active: 0 };
    this.#open.set(key, connection);
    socket.once('close', () => {
      if (this.#open.get(key) === connection) this.#open.delete(key);
    });
    socket.on('error', () => {}); // a client's reset is its own affair
  }

  /** The connection under a request's socket: TLS and HTTP/2 wrap it, but its peer is the same. */
  find(peer: Peer): Connection | undefined {
    return this.#open.get(keyOf(peer));
  }

  closeIdle(): void {
    for (const { active, socket } of this.#open.values()) if (active === 0) socket.destroy();
  }

  resetAll(): void {
    for (const { socket } of this.#open.values()) socket.resetAndDestroy();
  }

  closeAll(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }
}

function keyOf({ remoteAddress, remotePort }: Peer): string {
  return `${remoteAddress} ${remotePort}`;
}
