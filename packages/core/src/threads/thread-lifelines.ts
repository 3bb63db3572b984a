import workerThreads, { MessageChannel, MessagePort, type Worker } from 'node:worker_threads';

/** Lifeline is what a thread sends to the owner: a port that closes when the thread ends, however it ends. */
interface Lifeline {
  readonly pqcnetTelemetry: string;
  readonly attachment: bigint;
  readonly port: MessagePort;
}

/** Watcher is told which attachment has ended, or which thread. */
interface Watcher {
  onAttachmentEnded(attachment: bigint): void;
  onThreadEnded(thread: number): void;
}

/** How long a thread that has nothing left to do waits for its lifeline to arrive, in milliseconds. */
const longestWaitMs = 5000;

/** The owners of this thread, by the id of what they share. */
const watchers = new Map<string, Watcher>();

/**
 * throwLifeline lets the owner know when this thread ends. What is shared with a worker can't contain a port, which goes
 * to one receiver only, and the owner may be more than one thread away; so each thread sends a port by itself.
 *
 * @returns what lets go of it
 */
export function throwLifeline(
  owner: { readonly shareId: string; readonly threadId: number },
  attachment: bigint,
): () => void {
  // Other runtimes than Node lack it: there a thread gives its place back by detaching, or its worker's exit does.
  const { postMessageToThread } = workerThreads as Partial<typeof workerThreads>;
  if (postMessageToThread === undefined) return () => {};
  const { port1, port2 } = new MessageChannel();
  const lifeline: Lifeline = { pqcnetTelemetry: owner.shareId, attachment, port: port2 };
  // A thread that ends by itself before the lifeline arrived would take it along.
  port1.ref();
  postMessageToThread(owner.threadId, lifeline, [port2], longestWaitMs)
    // It fails on the owner's own thread, and when the owner is gone or was shut down: nobody needs it there.
    .catch(() => {})
    .finally(() => port1.unref());
  return () => port1.close();
}

/**
 * watchLifelines has the ends of attachments told by their lifelines, and the ends of threads that were started here:
 * one that is terminated at once does not get to send anything. Returns what ends that.
 */
export function watchLifelines(shareId: string, watcher: Watcher): () => void {
  if (watchers.size === 0) {
    process.on('workerMessage', onWorkerMessage);
    process.on('worker', onWorker);
  }
  watchers.set(shareId, watcher);
  return () => {
    watchers.delete(shareId);
    if (watchers.size > 0) return;
    process.off('workerMessage', onWorkerMessage);
    process.off('worker', onWorker);
  };
}

function onWorkerMessage(message: unknown): void {
  if (!isLifeline(message)) return;
  const { pqcnetTelemetry, attachment, port } = message;
  port.on('close', () => watchers.get(pqcnetTelemetry)?.onAttachmentEnded(attachment));
  port.unref();
}

function onWorker(worker: Worker): void {
  const { threadId } = worker;
  worker.once('exit', () => {
    for (const watcher of watchers.values()) watcher.onThreadEnded(threadId);
  });
}

function isLifeline(message: unknown): message is Lifeline {
  return (
    typeof message === 'object' &&
    message !== null &&
    'pqcnetTelemetry' in message &&
    'port' in message &&
    message.port instanceof MessagePort
  );
}
