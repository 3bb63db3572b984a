import type { TelemetryConfig } from '@pqcnet/telemetry-config';
import type { ProbeReport } from './probe.ts';

type Known = Pick<ProbeReport, 'outcome' | 'code' | 'message' | 'cause' | 'httpStatus' | 'location'>;

/** adviseOn says what to do about a probe that the collector did not take; the likeliest first. */
export function adviseOn(report: Known, config: TelemetryConfig): readonly string[] {
  if (report.outcome === 'accepted') return [];
  if (report.httpStatus === undefined)
    return [...adviseOnConnection(report, config), ...adviseOnPort(config)];
  if (report.outcome === 'partial') {
    return [
      'The collector works, but refuses some kind of metric. Its reason is above; its log may say more.',
    ];
  }
  if (report.code === 'RESPONSE_NOT_OTLP') {
    return [
      'Something else than an OTLP receiver answers there, such as a web page or a login.',
      ...basePaths(config),
    ];
  }
  return adviseOnStatus(report.httpStatus, report, config);
}

function adviseOnStatus(status: number, report: Known, config: TelemetryConfig): readonly string[] {
  if (status >= 300 && status < 400) {
    const base = report.location?.replace(/\/v1\/metrics\/?$/, '');
    const to = base === undefined ? 'the address that it sends to' : `"${base}"`;
    return [`Redirects are not followed: if it is the right one, set endpoint = ${to}.`];
  }
  switch (status) {
    case 400:
      return adviseOnBadRequest(report, config);
    case 401:
    case 403:
      return [adviseOnCredentials(config)];
    case 404:
    case 405:
      return adviseOnPath(config);
    case 407:
      return ['The proxy wants credentials: put them into the URL in HTTP_PROXY or HTTPS_PROXY.'];
    case 413:
      return [
        'Even the small probe is too large: look for a limit on bodies in the collector or in front of it.',
      ];
    case 415:
      return [...otherProtocol(config), ...withoutCompression(config)];
    case 429:
      return ['The collector takes no more for now: flush less often, or raise its limit.'];
    case 502:
    case 503:
    case 504:
      return [
        'A proxy or the collector is there, but what is behind it is not ready. Try again, and see its log.',
      ];
    default:
      return [
        ...(config.temporality === 'cumulative'
          ? []
          : [
              `Prometheus answers so to deltas unless it is told to take them: try temporality = "cumulative".`,
            ]),
        'The collector failed on the request: its log says why.',
      ];
  }
}

function adviseOnBadRequest({ message = '' }: Known, config: TelemetryConfig): readonly string[] {
  if (config.metricsUrl.startsWith('http:') && /https/i.test(message)) {
    return ['The port speaks TLS: begin the endpoint with https://.'];
  }
  // VictoriaMetrics says so where others answer 404.
  if (/\bpath\b/i.test(message)) return adviseOnPath(config);
  const compression = withoutCompression(config);
  if (/compress/i.test(message) && compression.length > 0) return compression;
  const advice = [...otherProtocol(config), ...compression];
  return advice.length > 0
    ? advice
    : ["The collector can't read the request: its message or its log says why."];
}

function otherProtocol({ protocol }: TelemetryConfig): readonly string[] {
  return protocol === 'http/json'
    ? ['Some receivers, VictoriaMetrics among them, take no JSON: set protocol = "http/protobuf".']
    : [];
}

function withoutCompression({ compression }: TelemetryConfig): readonly string[] {
  return compression === 'none'
    ? []
    : [
        `Perhaps it can't read ${compression}: try compression = "${compression === 'zstd' ? 'gzip' : 'none'}".`,
      ];
}

function adviseOnCredentials({ headers }: TelemetryConfig): string {
  return headers.size === 0
    ? 'No credentials were sent: add the header that the service asks for to [telemetry.headers], as "${env:NAME}".'
    : `The credentials are not good for this address. Sent were: ${[...headers.keys()].join(', ')}.`;
}

function adviseOnPath(config: TelemetryConfig): readonly string[] {
  return [`Nothing takes metrics at ${pathOf(config)}.`, ...basePaths(config)];
}

function basePaths(config: TelemetryConfig): readonly string[] {
  const { pathname } = new URL(config.endpoint);
  if (config.endpoint !== config.metricsUrl && /\/v1\/metrics\/?$/.test(pathname)) {
    return ['endpoint already ends in /v1/metrics, which is appended to it: leave it out.'];
  }
  return [
    'endpoint is a base URL, to which /v1/metrics is appended. An OpenTelemetry Collector has no path before it, ' +
      'Prometheus /api/v1/otlp, VictoriaMetrics /opentelemetry, Grafana Cloud /otlp.',
  ];
}

function pathOf({ metricsUrl }: TelemetryConfig): string {
  const { host, pathname } = new URL(metricsUrl);
  return pathname.includes('@') ? host : `${host}${pathname}`;
}

const untrusted =
  'The certificate is signed by nobody who is trusted here: name its authority in [telemetry.tls] ca-file.';
const unreachable = 'No way leads there: check the host, the port, and what filters traffic in between.';
const noTls = 'The port does not speak TLS: begin the endpoint with http://, or use the port that does.';
const noName = 'No such host is known: check the name, and the name server of this machine.';

/** By the code of what failed; a pattern for those of OpenSSL, which are many. */
const byCause: readonly (readonly [cause: RegExp, advice: string])[] = [
  [/^ECONNREFUSED$/, 'Nothing listens there: is the collector running, and is this its port?'],
  [/^(ENOTFOUND|EAI_AGAIN|EAI_NONAME)$/, noName],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)$/, unreachable],
  [/^(CERT_HAS_EXPIRED)$/, 'The certificate has expired, or the clock of this machine is wrong.'],
  [/^(CERT_NOT_YET_VALID)$/, 'The certificate is not valid yet, or the clock of this machine is wrong.'],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    'The certificate is for another name: use the host name that it is for.',
  ],
  [/SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|^CERT_UNTRUSTED$/, untrusted],
  [
    /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|UNKNOWN_CA|BAD_CERTIFICATE/,
    'The collector wants another client certificate: see [telemetry.tls] cert-file and key-file.',
  ],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL/, noTls],
];

function adviseOnConnection(report: Known, config: TelemetryConfig): readonly string[] {
  const { cause = '', code } = report;
  const advice: string[] = [];
  if (config.socketPath !== undefined) {
    advice.push(`Connections go to the socket ${config.socketPath}: does the collector listen on it?`);
  } else {
    const known = byCause.find(([pattern]) => pattern.test(cause));
    if (known !== undefined) advice.push(known[1]);
  }
  if (code === 'DEADLINE_EXCEEDED') {
    advice.push(
      'No answer came in time: the collector hangs, the way there is blocked, or --timeout-ms is too short.',
    );
  }
  if (code === 'CONNECTION_LOST' && advice.length === 0) {
    const tls = config.metricsUrl.startsWith('http:')
      ? ' If the port speaks TLS, begin the endpoint with https://.'
      : '';
    advice.push(
      `Something took the connection and cut it: perhaps the port is not one for OTLP over HTTP.${tls}`,
    );
  }
  const { http, https } = config.proxy;
  const proxy = config.metricsUrl.startsWith('https:') ? https : http;
  if (proxy !== undefined && config.socketPath === undefined) {
    advice.push('A proxy is set by the environment: NO_PROXY lists the hosts that are reached without it.');
  }
  return advice;
}

function adviseOnPort({ metricsUrl, socketPath }: TelemetryConfig): readonly string[] {
  return new URL(metricsUrl).port === '4317' && socketPath === undefined
    ? ['4317 is the usual port of OTLP over gRPC; over HTTP, which is spoken here, it is 4318.']
    : [];
}
