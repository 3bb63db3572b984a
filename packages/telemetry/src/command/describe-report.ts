import { styleText } from 'node:util';
import type { DescribedValue, TelemetryConfig } from '@pqcnet/telemetry-config';
import { probeInstanceId, type ProbeReport } from './probe.ts';
import type { FoundConfiguration } from './read-configuration.ts';
import type { ConnectionReport } from './watch-connections.ts';

/** describeFound tells what a configuration says and where each value comes from, or everything that is wrong. */
export function describeFound(found: FoundConfiguration): readonly string[] {
  const { failure, values, warnings, notes, url } = found;
  const name = found.file === undefined ? 'the environment alone' : printable(found.file);
  return [
    ...(failure === undefined
      ? [good(`${name} can be used`)]
      : [bad(`${name} can't be used`), '', failure.message]),
    ...(values.length === 0 ? [] : ['', ...describeValues(values, name)]),
    ...(url === undefined ? [] : ['', `Requests go to ${printable(url)}`]),
    ...warnings.map(({ message }) => `${styled('yellow', 'Warning')}: ${printable(message)}`),
    ...notes.map((note) => `${styled('yellow', 'Note')}: ${printable(note)}`),
  ];
}

/** describePlan tells what is about to be sent. */
export function describePlan({ serviceName = 'unknown_service:node' }: TelemetryConfig): readonly string[] {
  return [
    '',
    'Sending a probe: the metrics pqcnet.telemetry.check, pqcnet.telemetry.check.runs and pqcnet.telemetry.check.latency',
    `of the service ${printable(JSON.stringify(serviceName))}, instance "${probeInstanceId}" (--no-probe leaves it out)`,
  ];
}

/** describeProbed tells what became of a probe, and what to do. */
export function describeProbed(
  probed: ProbeReport & { readonly advice: readonly string[] },
): readonly string[] {
  const { outcome, code, message, httpStatus, durationMs, sentBytes, connection, advice } = probed;
  const facts = [
    httpStatus === undefined ? 'no answer' : `HTTP ${httpStatus}`,
    `${durationMs} ms`,
    ...(sentBytes === undefined ? [] : [`${sentBytes} bytes sent`]),
    ...describeConnection(connection),
  ];
  const heading = outcome === 'accepted' ? good(meanings[outcome]) : bad(meanings[outcome]);
  return [
    `${heading}: ${facts.join(', ')}`,
    ...(message === undefined ? [] : [`  ${[code, printable(message)].filter(Boolean).join(': ')}`]),
    ...advice.map((each) => `  ${styled('bold', '→')} ${printable(each)}`),
  ];
}

const meanings: Readonly<Record<ProbeReport['outcome'], string>> = {
  accepted: 'The collector took the probe',
  partial: 'The collector took only a part of the probe',
  'not-delivered': 'No connection came about',
  refused: 'The collector refused the address or the credentials',
  ambiguous: 'No final answer came, so that the collector may have the probe or not',
  rejected: 'The collector rejected the probe',
};

function describeValues(values: readonly DescribedValue[], name: string): readonly string[] {
  const rows = values.map(
    (value) => [printable(value.key), showValue(value), showOrigin(value, name)] as const,
  );
  const keyWidth = Math.max(...rows.map(([key]) => key.length));
  const valueWidth = Math.min(40, Math.max(...rows.map(([, value]) => value.length)));
  return rows.map(([key, value, origin]) => {
    const line = `  ${key.padEnd(keyWidth)}  ${value.padEnd(valueWidth)}  `;
    return line + (origin === 'default' ? styled('dim', origin) : origin);
  });
}

function showValue({ value }: DescribedValue): string {
  if (value === '[redacted]') return value;
  return printable(JSON.stringify(value).replaceAll(/,(?=\d)/g, ', '));
}

function showOrigin({ source, line, variables }: DescribedValue, name: string): string {
  const place = source === 'file' ? `${name}:${line ?? '?'}` : source;
  if (source === 'environment') return variables.join(', ');
  return [place, ...variables].join(', ');
}

function describeConnection(connection: ConnectionReport | undefined): readonly string[] {
  if (connection === undefined) return [];
  const { address, httpVersion, tls } = connection;
  const facts = [`HTTP/${httpVersion}`, ...(address === undefined ? [] : [`to ${address}`])];
  if (tls === undefined) return [facts.join(' '), 'no TLS'];
  const { version = 'TLS', subject = '?', issuer = '?', validTo = '?' } = tls;
  const certificate = `${subject} by ${issuer}, valid to ${validTo.slice(0, 10)}`;
  return [facts.join(' '), `${version} (certificate of ${printable(certificate)})`];
}

function good(text: string): string {
  return styled('green', text);
}

function bad(text: string): string {
  return styled('red', text);
}

/** Colours are for terminals, and not for those who set NO_COLOR. */
function styled(style: 'green' | 'red' | 'yellow' | 'bold' | 'dim', text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** Text from outside must not steer the terminal. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}
