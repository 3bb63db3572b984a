import { describe, expectTypeOf, it } from 'vitest';
import {
  type Attributes,
  type Exporter,
  type ExportOptions,
  type ExportReport,
  type FlushError,
  type FlushReport,
  type Result,
  type Snapshot,
  TelemetryError,
  type TelemetryHandle,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from './index.ts';

// What others build against. `pnpm typecheck` is what finds a change here: nothing of it is about values.

describe('an exporter written by hand', () => {
  it('is one with a temporality and a method', () => {
    class Written {
      readonly temporality = 'delta';
      async export(snapshot: Snapshot, { timeoutMs, signal }: ExportOptions): Promise<ExportReport> {
        expectTypeOf(timeoutMs).toEqualTypeOf<number>();
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
        const sentDataPoints = snapshot.points.length;
        return { status: 'accepted', sentDataPoints };
      }
    }
    expectTypeOf<Written>().toExtend<Exporter>();
    expectTypeOf<Omit<Written, 'temporality'>>().not.toExtend<Exporter>();
  });

  it('can say everything that can become of a snapshot', () => {
    const error = new TelemetryError('DISK_FULL', 'the disk is full');
    expectTypeOf({ status: 'ambiguous', error, notBeforeUnixMs: 1 } as const).toExtend<ExportReport>();
    expectTypeOf({ status: 'partial', rejectedDataPoints: 1, message: '' } as const).toExtend<ExportReport>();
    const parts = [{ from: 0, to: 1, outcome: { status: 'accepted' } }] as const;
    expectTypeOf({ parts }).toExtend<ExportReport>();
    // Why it failed can't be left out, and no status can be invented.
    expectTypeOf<{ status: 'rejected' }>().not.toExtend<ExportReport>();
    expectTypeOf<{ status: 'fine' }>().not.toExtend<ExportReport>();
  });

  it('knows each kind of point by its type', () => {
    type Points = Snapshot['points'] extends Iterable<infer Each> ? Each : never;
    expectTypeOf<Points['type']>().toEqualTypeOf<'sum' | 'histogram' | 'exponential-histogram' | 'gauge'>();
    expectTypeOf<Extract<Points, { type: 'sum' }>['delta']>().toEqualTypeOf<number | bigint>();
    expectTypeOf<Extract<Points, { type: 'gauge' }>['value']>().toEqualTypeOf<number>();
  });
});

describe('a transport written by hand', () => {
  it('is one with two methods', () => {
    class Written {
      async send({ url, headers, body, signal }: TransportRequest): Promise<TransportResponse> {
        expectTypeOf(url).toEqualTypeOf<URL>();
        expectTypeOf(headers).toEqualTypeOf<Readonly<Record<string, string>>>();
        expectTypeOf(body).toExtend<Uint8Array>();
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
        return { status: 200, headers: {}, body: new Uint8Array(0), bodyTooLarge: false };
      }
      async close(): Promise<void> {}
    }
    expectTypeOf<Written>().toExtend<Transport>();
    expectTypeOf<Pick<Written, 'send'>>().not.toExtend<Transport>();
  });
});

describe('a handle', () => {
  it('gives results, which are one thing or the other', () => {
    expectTypeOf<TelemetryHandle['recordCounter']>().returns.toEqualTypeOf<Result<void, TelemetryError>>();
    expectTypeOf<TelemetryHandle['flush']>().returns.toEqualTypeOf<
      Promise<Result<FlushReport, FlushError>>
    >();
    type Flushed = Awaited<ReturnType<TelemetryHandle['flush']>>;
    expectTypeOf<Extract<Flushed, { ok: true }>['value']>().toEqualTypeOf<FlushReport>();
    expectTypeOf<Extract<Flushed, { ok: false }>['error']>().toEqualTypeOf<FlushError>();
    expectTypeOf<Extract<Flushed, { ok: false }>>().not.toHaveProperty('value');
  });

  it('ends by itself with `await using`', () => {
    expectTypeOf<TelemetryHandle>().toExtend<AsyncDisposable>();
  });

  it('takes the parts that it can be told to use', () => {
    type Options = NonNullable<Parameters<typeof TelemetryHandle.fromConfig>[1]>;
    expectTypeOf<keyof Options>().toEqualTypeOf<'exporter' | 'transport' | 'clock'>();
    expectTypeOf<Options['exporter']>().toEqualTypeOf<Exporter | undefined>();
  });
});

describe('attributes', () => {
  it('are an object with values that OTLP can carry', () => {
    type Request = { readonly route: string; readonly status: number };
    expectTypeOf<Request>().toExtend<Attributes>();
    expectTypeOf<Record<string, string | boolean | bigint>>().toExtend<Attributes>();
    expectTypeOf<{ route: string[] }>().not.toExtend<Attributes>();
    expectTypeOf<{ route: undefined }>().not.toExtend<Attributes>();
  });

  it('that an interface types are spread: others may add members to an interface, of any type', () => {
    interface Request {
      readonly route: string;
    }
    const request: Request = { route: '/' };
    const spread = { ...request };
    expectTypeOf<Request>().not.toExtend<Attributes>();
    expectTypeOf(spread).toExtend<Attributes>();
  });
});
