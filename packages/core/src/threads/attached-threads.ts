import { threadId } from 'node:worker_threads';
import { describeError } from '../describe-value.ts';
import type { RecordSource, State, StateOptions } from '../state/state.ts';
import type { TelemetryError } from '../telemetry-error.ts';
import { AttachedThread } from './attached-thread.ts';
import type { SharedTelemetry } from './shared-telemetry.ts';
import { SlabAnnouncements } from './slab-announcements.ts';
import { SlabMemory } from './slab-memory.ts';
import { watchLifelines } from './thread-lifelines.ts';
import { ThreadRegistry, mostThreads, threadOf } from './thread-registry.ts';

/** ThreadStatus is how it goes with the threads that are attached. */
export interface ThreadStatus {
  /** How many threads are attached. */
  readonly attached: number;
  /**
   * What threads recorded and could not be put into the owner's series, by metric: sums of what was added, numbers of
   * records, or how often a gauge was set. It is no part of the account.
   */
  readonly refused: ReadonlyMap<string, bigint>;
}

/** AttachedThreads is the owner's side of `share()`: it folds what other threads record into the state. */
export class AttachedThreads implements RecordSource {
  readonly #id: string = crypto.randomUUID();
  readonly #state: State;
  readonly #options: Omit<StateOptions, 'warn'>;
  readonly #warn: (message: string) => void;
  readonly #registry = new ThreadRegistry();
  readonly #announcements: SlabAnnouncements;
  readonly #unwatch: () => void;
  /** The threads by slot. */
  readonly #threads: (AttachedThread | undefined)[] = [];
  /** Slabs that were announced, by attachment. */
  readonly #announced = new Map<bigint, SharedArrayBuffer[]>();
  readonly #refused = new Map<string, bigint>();
  readonly #warned = new Set<string>();

  constructor(options: {
    readonly state: State;
    readonly stateOptions: Omit<StateOptions, 'warn'>;
    readonly warn: (message: string) => void;
  }) {
    this.#state = options.state;
    this.#options = options.stateOptions;
    this.#warn = options.warn;
    this.#announcements = new SlabAnnouncements(this.#id, ({ attachment, slab }) => {
      const slabs = this.#announced.get(attachment) ?? [];
      slabs.push(slab);
      this.#announced.set(attachment, slabs);
    });
    this.#unwatch = watchLifelines(this.#id, {
      onAttachmentEnded: (attachment) => this.#onEnded((each) => each === attachment),
      onThreadEnded: (thread) => this.#onEnded((each) => threadOf(each) === thread),
    });
  }

  /** What is handed to workers. */
  shared(): SharedTelemetry {
    const metrics = new Map(this.#options.metrics);
    // What is known by now need not be found to be different later.
    for (const { name, unit, description, bounds, aggregation } of this.#state.metrics()) {
      metrics.set(name, { unit, description, bounds: aggregation === 'histogram' ? bounds : undefined });
    }
    return {
      format: 'pqcnet-telemetry-1',
      id: this.#id,
      ownerThreadId: threadId,
      registry: this.#registry.buffer,
      options: { ...this.#options, metrics },
    };
  }

  status(): ThreadStatus {
    let attached = 0;
    for (let slot = 0; slot < mostThreads && !this.#registry.isClosed; slot++) {
      if (this.#registry.attachmentIn(slot)?.isDetached === false) attached += 1;
    }
    return { attached, refused: new Map(this.#refused) };
  }

  fold(): void {
    // When it closed everything was folded.
    if (this.#registry.isClosed) return;
    this.#forEachThread((thread) => thread.fold());
  }

  close(): void {
    if (this.#registry.isClosed) return;
    // First: a series that is not found below is made by a thread that finds this.
    this.#registry.close();
    this.#forEachThread((thread) => thread.foldFinally());
    this.#announcements.close();
    this.#unwatch();
  }

  #forEachThread(fold: (thread: AttachedThread) => void): void {
    this.#announcements.receive();
    for (let slot = 0; slot < mostThreads; slot++) {
      const held = this.#registry.attachmentIn(slot);
      if (held === undefined) continue;
      // It may have announced something just before it detached.
      if (held.isDetached) this.#announcements.receive();
      fold(this.#threadIn(slot, held.attachment));
      if (held.isDetached) this.#free(slot);
    }
  }

  /** The thread in a slot, with all of its slabs. */
  #threadIn(slot: number, attachment: bigint): AttachedThread {
    let thread = this.#threads[slot];
    if (thread?.attachment !== attachment) {
      thread = new AttachedThread({
        attachment,
        state: this.#state,
        slab: this.#registry.slabOf(slot),
        refuse: (metric, amount, error) => this.#refuse(metric, amount, error),
        warnOnce: (message) => this.#warnOnce(message, message),
      });
      this.#threads[slot] = thread;
    }
    for (const slab of this.#announced.get(attachment) ?? []) thread.addSlab(new SlabMemory(slab));
    this.#announced.delete(attachment);
    return thread;
  }

  /** A thread has ended: what it recorded is folded a last time, and its slot is for another one. */
  #onEnded(isIt: (attachment: bigint) => boolean): void {
    if (this.#registry.isClosed) return;
    try {
      this.#announcements.receive();
      for (let slot = 0; slot < mostThreads; slot++) {
        const held = this.#registry.attachmentIn(slot);
        if (held === undefined || !isIt(held.attachment)) continue;
        this.#threadIn(slot, held.attachment).fold();
        this.#free(slot);
      }
    } catch (error) {
      // An event calls: there is nobody else to be told.
      this.#warn(`What a thread recorded could not be folded: ${describeError(error)}`);
    }
  }

  #free(slot: number): void {
    this.#threads[slot] = undefined;
    this.#registry.free(slot);
  }

  #refuse(metric: string, amount: bigint, error: TelemetryError): void {
    this.#refused.set(metric, (this.#refused.get(metric) ?? 0n) + amount);
    const message = `What a thread recorded in "${metric}" is refused (${error.code}): ${error.message}`;
    this.#warnOnce(`${error.code} ${metric}`, message);
  }

  #warnOnce(key: string, message: string): void {
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    this.#warn(message);
  }
}
