import { BroadcastChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';

/** SlabAnnouncement says that a thread records in another slab from now on. */
interface SlabAnnouncement {
  readonly attachment: bigint;
  readonly slab: SharedArrayBuffer;
}

/**
 * announceSlab tells the owner of a slab. Once it returns, the owner will find it, even if this thread is stopped and
 * whatever the owner is doing. The channel is open for that moment only: nobody but the owner is to keep the messages.
 */
export function announceSlab(shareId: string, announcement: SlabAnnouncement): void {
  const channel = new BroadcastChannel(channelName(shareId));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have none
  channel.postMessage(announcement);
  channel.close();
}

/** SlabAnnouncements is where the owner finds the slabs that were announced. */
export class SlabAnnouncements {
  readonly #channel: BroadcastChannel;
  readonly #onAnnounced: (announcement: SlabAnnouncement) => void;

  constructor(shareId: string, onAnnounced: (announcement: SlabAnnouncement) => void) {
    this.#channel = new BroadcastChannel(channelName(shareId));
    this.#channel.unref();
    this.#onAnnounced = onAnnounced;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the declared type has no other
    this.#channel.onmessage = (event) => onAnnounced((event as { readonly data: SlabAnnouncement }).data);
  }

  /** receive takes in all that were announced so far, without waiting for the event loop. */
  receive(): void {
    // It takes both, the declared types know of one.
    const port = this.#channel as unknown as MessagePort;
    for (;;) {
      const received: { message: SlabAnnouncement } | undefined = receiveMessageOnPort(port);
      if (received === undefined) return;
      this.#onAnnounced(received.message);
    }
  }

  close(): void {
    this.#channel.close();
  }
}

function channelName(shareId: string): string {
  return `pqcnet.telemetry.slabs.${shareId}`;
}
