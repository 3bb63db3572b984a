import { flattenMetrics } from '../flatten-metrics.ts';
import { describeRequest } from '../describe-received.ts';
import { printable } from '../printable.ts';
import type { ReceivedRequest } from '../received-request.ts';
import { TestCollector } from '../test-collector.ts';
import { drawTable } from './draw-table.ts';
import { SeriesFold } from './fold-series.ts';
import { forwardRequest } from './forward-request.ts';
import { LiveScreen, type Screen } from './live-screen.ts';
import { jsonLines } from './print-json-lines.ts';
import type { CommandOptions } from './read-arguments.ts';

/** Where the command writes, and what ends it. */
export interface CommandStreams {
  readonly output: Screen;
  readonly errors: { write(text: string): unknown };
  /** Aborted when the command is to end. */
  readonly stop: AbortSignal;
}

/**
 * runCommand collects and prints until it is stopped, then prints a summary.
 *
 * @throws CollectorError ADDRESS_UNAVAILABLE
 */
export async function runCommand(
  options: CommandOptions,
  { output, errors, stop }: CommandStreams,
): Promise<void> {
  const { host, port, script, forward } = options;
  const asTable = options.output === 'table' || (options.output === undefined && output.isTTY === true);
  const collector = await TestCollector.start({ host, port, limits: { maxRequests: 1 } });
  collector.script(script);
  const tally = { requests: 0, refused: 0, failed: 0, points: 0, forwarded: 0, notForwarded: 0 };
  const series = new SeriesFold();
  const screen = new LiveScreen(output);
  const notes: string[] = [];
  const note = (line: string): void => {
    const text = printable(line);
    if (!asTable) errors.write(`${text}\n`);
    else if (notes.push(text) > 5) notes.shift();
  };
  const draw = (): readonly string[] => [
    `${collector.url}: ${describeTally(tally)}`,
    '',
    ...(series.size === 0
      ? ['waiting for metrics']
      : drawTable(series.states(), { columns: screen.columns })),
    ...(series.leftOut === 0 ? [] : [`${series.leftOut} point(s) beyond what is kept`]),
    ...(notes.length === 0 ? [] : ['', ...notes]),
  ];
  const pending = new Set<Promise<void>>();

  const sendOn = async (request: ReceivedRequest, base: URL): Promise<void> => {
    const outcome = await forwardRequest(request, { base });
    if ('status' in outcome && outcome.status < 300) {
      tally.forwarded += 1;
      return;
    }
    tally.notForwarded += 1;
    const why = 'status' in outcome ? `answered ${outcome.status}` : outcome.failure;
    note(`not forwarded to ${base.origin}${request.path}: ${why}`);
  };

  collector.onRequest((request) => {
    tally.requests += 1;
    if (request.rejection !== undefined) tally.refused += 1;
    else if (!request.stored) tally.failed += 1;
    if (request.stored) {
      const points = flattenMetrics(request);
      tally.points += points.length;
      for (const point of points) series.add(point);
      if (forward !== undefined) {
        const sending = sendOn(request, forward).finally(() => pending.delete(sending));
        pending.add(sending);
      }
    } else {
      note(describeRequest(request));
    }
    if (asTable) screen.schedule(draw);
    else for (const line of jsonLines(request)) output.write(`${line}\n`);
  });

  if (asTable && output.isTTY === true) screen.schedule(draw);
  else errors.write(`listening on ${collector.url}\n`);
  await stopped(stop);
  await collector.close();
  await Promise.all(pending);
  if (asTable) screen.finish(draw);
  const kinds = `${series.size} series`;
  (asTable ? output : errors).write(`${describeTally(tally)}, ${kinds}\n`);
}

interface Tally {
  readonly requests: number;
  readonly refused: number;
  readonly failed: number;
  readonly points: number;
  readonly forwarded: number;
  readonly notForwarded: number;
}

function describeTally({ requests, refused, failed, points, forwarded, notForwarded }: Tally): string {
  const parts = [`${requests} request(s)`, `${points} data point(s)`];
  if (refused > 0) parts.push(`${refused} refused`);
  if (failed > 0) parts.push(`${failed} failed as asked`);
  if (forwarded + notForwarded > 0) parts.push(`${forwarded} forwarded`, `${notForwarded} not forwarded`);
  return parts.join(', ');
}

async function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
