import type { Transport, TransportRequest } from '../transport/transport.ts';

/** RecordingTransport keeps what it is given to send, and answers with the status that `answer` chooses. */
export class RecordingTransport implements Transport {
  readonly bodies: Buffer[] = [];
  readonly #answer: (request: TransportRequest) => number;

  constructor(answer: (request: TransportRequest) => number = () => 200) {
    this.#answer = answer;
  }

  async send(request: TransportRequest): ReturnType<Transport['send']> {
    this.bodies.push(Buffer.from(request.body));
    return { status: this.#answer(request), headers: {}, body: new Uint8Array(0), bodyTooLarge: false };
  }

  async close(): Promise<void> {}
}
