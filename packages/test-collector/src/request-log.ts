import type { ReceivedRequest } from './received-request.ts';

/** RequestLog keeps the requests in the order of their arrival, and tells listeners of new ones. */
export class RequestLog {
  readonly #maxRequests: number;
  readonly #listeners = new Set<(request: ReceivedRequest) => void>();
  #requests: ReceivedRequest[] = [];
  #nextIndex = 0;

  constructor(maxRequests: number) {
    this.#maxRequests = maxRequests;
  }

  get requests(): readonly ReceivedRequest[] {
    return this.#requests;
  }

  takeIndex(): number {
    this.#nextIndex += 1;
    return this.#nextIndex - 1;
  }

  add(request: ReceivedRequest): void {
    this.#requests.push(request);
    if (this.#requests.length > this.#maxRequests) this.#requests.shift();
    for (const listener of this.#listeners) listener(request);
  }

  clear(): void {
    this.#requests = [];
    this.#nextIndex = 0;
  }

  subscribe(listener: (request: ReceivedRequest) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
