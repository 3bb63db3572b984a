import { readAttributes } from '../attributes.ts';
import { flattenMetrics } from '../flatten-metrics.ts';
import type { ReceivedRequest } from '../received-request.ts';

/**
 * jsonLines tells a request as JSON lines, told apart by `type`: a `metric` for each data point, a `span`, a `log`, and
 * a `request` for one that was refused or misbehaved to. 64-bit integers are decimal strings, as in OTLP/JSON.
 */
export function jsonLines(request: ReceivedRequest): readonly string[] {
  const time = new Date(request.receivedAtMs).toISOString();
  const lines: unknown[] = [];
  if (request.stored) {
    for (const point of flattenMetrics(request))
      lines.push({ type: 'metric', time, ...point, request: undefined });
    lines.push(...spanLines(request, time), ...logLines(request, time));
  }
  if (request.rejection !== undefined || request.step !== undefined || !request.stored) {
    const { method, path, status, rejection, step, rawBody } = request;
    const what = { type: 'request', time, method, path, status: status ?? null, sizeBytes: rawBody.length };
    lines.push({ ...what, reason: rejection?.reason, step: step?.do });
  }
  return lines.map((line) => JSON.stringify(line, readable));
}

function spanLines({ decoded }: ReceivedRequest, time: string): readonly object[] {
  if (decoded?.signal !== 'traces') return [];
  return decoded.message.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ attributes, ...span }) => ({
        type: 'span',
        time,
        ...span,
        attributes: readAttributes(attributes),
        resource: readAttributes(resource?.attributes),
      })),
    ),
  );
}

function logLines({ decoded }: ReceivedRequest, time: string): readonly object[] {
  if (decoded?.signal !== 'logs') return [];
  return decoded.message.resourceLogs.flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) =>
      logRecords.map(({ attributes, ...record }) => ({
        type: 'log',
        time,
        ...record,
        attributes: readAttributes(attributes),
        resource: readAttributes(resource?.attributes),
      })),
    ),
  );
}

function readable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  // Not finite: JSON would have null for it.
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
