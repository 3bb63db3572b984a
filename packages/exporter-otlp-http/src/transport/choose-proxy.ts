/** ProxyOptions says which requests go through a proxy, in the terms of HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
export interface ProxyOptions {
  /** The proxy for http receivers: an http or https URL, with credentials if it wants some. */
  readonly http?: string | undefined;
  /** The proxy for https receivers: an http or https URL, with credentials if it wants some. */
  readonly https?: string | undefined;
  /**
   * Hosts that are reached directly, separated by commas or blanks: `example.com` and `.example.com` name a domain and
   * all below it, `*.example.com` only what is below it, `host:4318` and `[::1]:4318` one port, `*` everything.
   * Loopback is proxied like any other host unless it is listed.
   */
  readonly noProxy?: string | undefined;
}

/** chooseProxy finds the proxy for a receiver; undefined when it is reached directly. */
export function chooseProxy(receiver: URL, proxies: ProxyOptions): URL | undefined {
  const proxy = receiver.protocol === 'https:' ? proxies.https : proxies.http;
  if (proxy === undefined || isExempt(receiver, proxies.noProxy ?? '')) return undefined;
  return new URL(proxy);
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

// The rules are those of undici's EnvHttpProxyAgent, with which a test compares them.
function isExempt(receiver: URL, noProxy: string): boolean {
  const hostname = receiver.hostname.replace(/^\[(.+)\]$/, '$1').replace(/(?<=.)\.$/, '');
  const port = Number(receiver.port) || DEFAULT_PORTS[receiver.protocol];
  return noProxy
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .map(parseEntry)
    .some((entry) => (entry.port === undefined || entry.port === port) && matches(hostname, entry));
}

interface ExemptEntry {
  readonly host: string;
  readonly port: number | undefined;
  readonly onlyBelow: boolean;
}

function parseEntry(entry: string): ExemptEntry {
  // A bare IPv6 address has several colons, of which none begins a port.
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [];
  const host = (bracketed ?? plain ?? entry).toLowerCase();
  return {
    host: host.replace(/^\*?\./, '').replace(/(?<=.)\.$/, ''),
    port: port === undefined ? undefined : Number(port) || undefined,
    onlyBelow: entry.startsWith('*'),
  };
}

function matches(hostname: string, { host, onlyBelow }: ExemptEntry): boolean {
  return host === '*' || (!onlyBelow && hostname === host) || hostname.endsWith(`.${host}`);
}
