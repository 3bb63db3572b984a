/** When a step resets the connection: before the body is read, when half of it is, or when all of it is. */
export type ResetMoment = 'before-body' | 'during-body' | 'after-body';

/** What every step can say besides what it does. */
export interface StepOptions {
  /** How many requests get this step, one after the other; 1 unless given. */
  readonly times?: number;
  /** Wait this long, in ms, before the answer (or the reset after the body). */
  readonly delayMs?: number;
  /**
   * Whether the data of the request count in `metrics()`, `sum()` and the others. Unless given: when the collector
   * answers 2xx. A receiver that took the data and lost its answer is `{ do: 'reset', when: 'after-body', store: true }`.
   */
  readonly store?: boolean;
}

/** What one request gets, in the order of the script. */
export type ScriptStep = StepOptions &
  (
    | {
        /** Answer as without a script: 200, or the refusal that the request deserves. */
        readonly do: 'accept';
        /** Close the connection, unannounced, this long after the answer, as a server with a short idle time-out does. */
        readonly closeAfterMs?: number;
      }
    | {
        /** Answer with this status. */
        readonly do: 'answer';
        /** 200 to 599. */
        readonly status: number;
        /** Unless given: a google.rpc.Status in the request's encoding, or a success for a 2xx. */
        readonly body?: string | Uint8Array;
        /** The message of the google.rpc.Status. */
        readonly message?: string;
        /** Seconds as a number, or the value as it is to be sent. */
        readonly retryAfter?: number | string | Date;
        readonly headers?: Readonly<Record<string, string>>;
      }
    | {
        /** Answer 200 with a partial success. It names no points, so that all of the request's data count. */
        readonly do: 'partial-success';
        readonly rejected: number | bigint;
        readonly message?: string;
      }
    | {
        /** Answer, but a few bytes of the whole answer at a time. */
        readonly do: 'drip';
        /** 1 unless given. */
        readonly bytes?: number;
        /** 100 unless given. */
        readonly everyMs?: number;
        readonly status?: number;
      }
    | {
        /** Leave the request without an answer until the client or the collector closes. */
        readonly do: 'never-answer';
        /** `'before-body'` leaves the body unread, too: a large one stays stuck in the client. */
        readonly when?: 'before-body' | 'after-body';
      }
    | {
        /**
         * Reset the connection (TCP RST). `during-body` reads half of the body as announced by its Content-Length; use
         * 1 MiB and more, as a small body is in the socket's buffers before anyone can act.
         */
        readonly do: 'reset';
        readonly when: ResetMoment;
      }
    | {
        /** Answer with a body that does not end. */
        readonly do: 'endless-body';
        readonly status?: number;
      }
    | {
        /** Answer 200 with bytes that are neither JSON nor protobuf, under the content type of the request. */
        readonly do: 'garbage';
        readonly status?: number;
      }
    | {
        /** Answer 200 with an HTML page, as a captive portal or a wrong port does. */
        readonly do: 'html';
        readonly status?: number;
      }
    | {
        /** Answer with a redirect. */
        readonly do: 'redirect';
        readonly location: string;
        /** 307 unless given. */
        readonly status?: 301 | 302 | 303 | 307 | 308;
      }
  );
