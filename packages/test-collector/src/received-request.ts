import type { IncomingHttpHeaders } from 'node:http';
import type {
  ExportLogsServiceRequest,
  ExportMetricsServiceRequest,
  ExportTraceServiceRequest,
} from './decoded-request.ts';
import type { ScriptStep } from './script-step.ts';

/** What a request carries, by the path it was sent to. */
export type Signal = 'metrics' | 'traces' | 'logs';

/** The encoding of a body, by its content type: `application/json` or `application/x-protobuf`. */
export type Encoding = 'json' | 'protobuf';

/** The decoded body of a request, told apart by `signal`. */
export type DecodedBody =
  | { readonly signal: 'metrics'; readonly message: ExportMetricsServiceRequest }
  | { readonly signal: 'traces'; readonly message: ExportTraceServiceRequest }
  | { readonly signal: 'logs'; readonly message: ExportLogsServiceRequest };

/** What is known of a request when its headers are in. */
export interface RequestHead {
  /** 0 for the first request whose headers came in since the start or the last `reset()`. */
  readonly index: number;
  /** Unix time in ms at which the headers were in. */
  readonly receivedAtMs: number;
  /** 1 for the first connection since the start: equal numbers shared a kept-alive connection. */
  readonly connection: number;
  readonly httpVersion: '1.0' | '1.1' | '2.0';
  readonly method: string;
  /** The path and the query, as sent. */
  readonly path: string;
  /** By lower-case name, as node:http gives them. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** What the path stands for; undefined for a path that the collector does not serve. */
  readonly signal: Signal | undefined;
  /** undefined when the content type is none of OTLP's. */
  readonly encoding: Encoding | undefined;
}

/** Why the collector refused a request, and the status it stands for. */
export interface Rejection {
  /** The HTTP status that the protocol has for it. */
  readonly status: number;
  /** What was wrong, which value, what was expected. */
  readonly reason: string;
}

/** A request as it arrived, whatever became of it. */
export interface ReceivedRequest extends RequestHead {
  /** The body as it came over the wire, compressed or not; as much of it as was read. */
  readonly rawBody: Uint8Array;
  /** The body, inflated; undefined when it could not be, or was not read whole. */
  readonly body: Uint8Array | undefined;
  /** undefined when the body was not decoded. */
  readonly decoded: DecodedBody | undefined;
  /** Why the collector refused it by itself; undefined for a good request, whatever the script answered. */
  readonly rejection: Rejection | undefined;
  /** The script's step that this request got; undefined outside a script. */
  readonly step: ScriptStep | undefined;
  /** Whether its data count: they are in `metrics()`, `sum()` and the others only then. */
  readonly stored: boolean;
  /** The HTTP status that it is answered with; undefined when it gets no answer. */
  readonly status: number | undefined;
}
