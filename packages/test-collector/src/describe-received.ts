import { type AttributeFilter, type AttributeValue, type Attributes } from './attributes.ts';
import type { MetricPoint } from './metric-point.ts';
import { printable } from './printable.ts';
import type { ReceivedRequest } from './received-request.ts';

const maxLines = 20;

/** describeReceived tells, for a failed expectation, what arrived instead: the requests in one line each, then points. */
export function describeReceived(
  requests: readonly ReceivedRequest[],
  points: readonly MetricPoint[],
): string {
  if (requests.length === 0) return 'no request was received';
  const requestLines = requests.map((request) => `  ${describeRequest(request)}`);
  const pointLines = points.map((point) => `  ${describePoint(point)}`);
  const parts = [`received ${requests.length} request(s):`, ...cut(requestLines)];
  if (pointLines.length > 0) parts.push(`with ${pointLines.length} data point(s):`, ...cut(pointLines));
  return parts.join('\n');
}

function cut(lines: readonly string[]): readonly string[] {
  if (lines.length <= maxLines) return lines;
  return [`  … ${lines.length - maxLines} earlier`, ...lines.slice(-maxLines)];
}

/** describeRequest tells a request and what became of it in one line. */
export function describeRequest(request: ReceivedRequest): string {
  const { method, path, rawBody, status, rejection, step } = request;
  const outcome = rejection?.reason ?? (step === undefined ? 'accepted' : `script: ${step.do}`);
  return printable(`${method} ${path}, ${rawBody.length} bytes → ${status ?? 'no answer'} (${outcome})`);
}

/** describePoint tells a point in one line: `ingest.success{chain="base"} sum 3 cumulative`. */
export function describePoint(point: MetricPoint): string {
  const series = printable(`${point.name}${describeAttributes(point.attributes)} ${point.kind}`);
  const temporality = 'temporality' in point ? ` ${point.temporality}` : '';
  if (point.kind === 'sum' || point.kind === 'gauge') return `${series} ${point.value}${temporality}`;
  return `${series} count=${point.count} sum=${point.sum}${temporality}`;
}

/** describeAttributes writes attributes as `{key="value", …}`; nothing when there are none. */
export function describeAttributes(attributes: Attributes | AttributeFilter): string {
  const entries = Object.entries(attributes).map(([key, value]) => `${key}=${describeValue(value)}`);
  return entries.length === 0 ? '' : `{${entries.join(', ')}}`;
}

function describeValue(value: AttributeValue): string {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
  return typeof value === 'bigint' ? String(value) : text;
}
