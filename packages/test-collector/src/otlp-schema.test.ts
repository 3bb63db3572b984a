import { expect, test } from 'vitest';
import { createRequire } from 'node:module';
import { jsonName } from './message-types.ts';
import { otlpSchema } from './otlp-schema.ts';

type PeerField = readonly [number: number, type: string, repeated: boolean];

// Recorded from classes that were generated from the official .proto files.
const peer = createRequire(import.meta.url)('./testing/peer-schema.json') as Record<
  string,
  Record<string, PeerField>
>;

/** Our short names of messages that are nested, or that share their name with another. */
const ownNames: Readonly<Record<string, string>> = {
  'opentelemetry.proto.trace.v1.Span.Event': 'SpanEvent',
  'opentelemetry.proto.trace.v1.Span.Link': 'SpanLink',
  'opentelemetry.proto.trace.v1.Status': 'SpanStatus',
};

const withoutAnswers = Object.entries(peer).filter(([name]) => !/Response$|PartialSuccess$|Data$/.test(name));

/** Fields that were added to the protocol after the peer's classes were made. */
const newer = new Set([
  'Metric.metadata',
  'Resource.entityRefs',
  'Span.flags',
  'SpanLink.flags',
  'LogRecord.eventName',
]);

function shortName(name: string): string {
  return ownNames[name] ?? name.split('.').at(-1) ?? name;
}

test.each(withoutAnswers)('has %s as the generated classes have it', (name, fields) => {
  const short = shortName(name);
  const ours: Record<string, PeerField> = {};
  for (const [number, snakeName, type, presence] of otlpSchema[short] ?? []) {
    if (newer.has(`${short}.${jsonName(snakeName)}`)) continue;
    ours[jsonName(snakeName)] = [number, type === 'id' ? 'bytes' : type, presence === 'repeated'];
  }
  const theirs: Record<string, PeerField> = {};
  for (const [field, [number, type, repeated]] of Object.entries(fields)) {
    const isEnum = ours[field]?.[1] === 'enum' && type === 'int32'; // an enum is read as an int32
    theirs[field] = [number, isEnum ? 'enum' : shortName(type), repeated];
  }
  expect(ours).toEqual(theirs);
});

test('covers the three signals', () => {
  const names = withoutAnswers.map(([name]) => shortName(name));
  expect(names).toContain('ExportMetricsServiceRequest');
  expect(names).toContain('ExportTraceServiceRequest');
  expect(names).toContain('ExportLogsServiceRequest');
  expect(names).toHaveLength(33);
});
