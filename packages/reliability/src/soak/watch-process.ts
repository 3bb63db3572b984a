import { monitorEventLoopDelay } from 'node:perf_hooks';

/** ProcessSample is what a process takes, in MiB and milliseconds. */
export interface ProcessSample {
  readonly rssMiB: number;
  /** JavaScript's heap after a collection. */
  readonly heapMiB: number;
  /** What is outside of it but belongs to it: the cells of series, and requests. */
  readonly externalMiB: number;
  /** Of the event loop since the last sample, without the collection that a sample forces. */
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

const mebibyte = 2 ** 20;

/** ProcessWatch samples this process. It needs `node --expose-gc`. */
export class ProcessWatch {
  readonly #collect: () => void;
  readonly #delay = monitorEventLoopDelay({ resolution: 1 });

  constructor() {
    if (typeof globalThis.gc !== 'function') throw new Error('start this with node --expose-gc');
    const { gc } = globalThis;
    this.#collect = () => {
      gc();
    };
    this.#delay.enable();
  }

  sample(): ProcessSample {
    const delayMs = {
      p50: milliseconds(this.#delay.percentile(50)),
      p99: milliseconds(this.#delay.percentile(99)),
      max: milliseconds(this.#delay.max),
    };
    const { rss } = process.memoryUsage();
    // Twice: what finalizers let go of in the first is collected in the second.
    this.#collect();
    this.#collect();
    const { heapUsed, external } = process.memoryUsage();
    this.#delay.reset();
    return {
      rssMiB: rss / mebibyte,
      heapMiB: heapUsed / mebibyte,
      externalMiB: external / mebibyte,
      delayMs,
    };
  }

  close(): void {
    this.#delay.disable();
  }
}

function milliseconds(nanoseconds: number): number {
  return nanoseconds / 1e6;
}
