import generated from '@opentelemetry/otlp-transformer-with-classes/build/src/generated/root.js';
import type { Temporality } from '@pqcnet/telemetry-core';
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';

import type { OtlpProtocol } from '../exporter-options.ts';
import { OtlpHttpExporter } from '../otlp-http-exporter.ts';
import { arbitrarySnapshot } from '../testing/arbitrary-snapshot.ts';

/** What the generated classes can do, which have no types of their own. */
interface GeneratedClass {
  decode(bytes: Uint8Array): object;
  encode(message: object): { finish(): Uint8Array };
  fromObject(json: object): object;
  verify(message: object): string | null;
  toObject(message: object, options: Readonly<Record<string, unknown>>): object;
}

interface Generated {
  readonly opentelemetry: {
    readonly proto: {
      readonly collector: {
        readonly metrics: { readonly v1: { readonly ExportMetricsServiceRequest: GeneratedClass } };
      };
    };
  };
}

/** The class that protobufjs generated from the official definition, as OpenTelemetry JS shipped it up to 0.200. */
const Request = (generated as unknown as Generated).opentelemetry.proto.collector.metrics.v1
  .ExportMetricsServiceRequest;

function decode(protocol: OtlpProtocol, body: Uint8Array): unknown {
  const message = Request.decode(protocol === 'http/json' ? jsonToProtobuf(body) : body);
  expect(Request.verify(message)).toBeNull();
  return Request.toObject(message, { longs: String, defaults: true });
}

/** The classes lose the sign of 64-bit integers from JSON, until they have written them once. */
function jsonToProtobuf(body: Uint8Array): Uint8Array {
  return Request.encode(Request.fromObject(JSON.parse(Buffer.from(body).toString()) as object)).finish();
}

/** Fields that are newer than the generated classes; we send neither. */
const NEWER_FIELDS = new Set(['entityRefs', 'metadata']);

/** Both judges' forms in one: 64-bit integers as strings, nothing where nothing was sent. */
function comparable(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(
    ([key, field]) =>
      field !== null && !(NEWER_FIELDS.has(key) && Array.isArray(field) && field.length === 0),
  );
  return Object.fromEntries(fields.map(([key, field]) => [key, comparable(field)]));
}

test.each<OtlpProtocol>(['http/json', 'http/protobuf'])(
  '%s: the classes generated from the official definition read what the collector reads, for any snapshot',
  async (protocol) => {
    const collector = await TestCollector.start();
    onTestFinished(() => collector.close());
    await fc.assert(
      fc.asyncProperty(
        arbitrarySnapshot,
        fc.constantFrom<Temporality>('cumulative', 'delta', 'low-memory'),
        async (snapshot, temporality) => {
          collector.reset();
          const exporter = new OtlpHttpExporter({
            url: `${collector.url}/v1/metrics`,
            protocol,
            temporality,
          });
          await exporter.export(snapshot, { timeoutMs: 60_000, signal: new AbortController().signal });
          await exporter.shutdown();
          for (const { body, decoded } of collector.requests) {
            expect(comparable(decode(protocol, body ?? new Uint8Array(0)))).toEqual(
              comparable(decoded?.message),
            );
          }
        },
      ),
      { numRuns: 150 },
    );
  },
);
