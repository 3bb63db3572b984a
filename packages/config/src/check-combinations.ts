import type { EnvironmentLayer } from './read-environment.ts';
import { ignoredVariable, type WarningListener } from './config-warning.ts';
import { settings } from './define-settings.ts';
import type { Merged } from './merge-layers.ts';
import { SecretProxy } from './secret-proxy.ts';
import type { ConfigSource, ProxyConfig } from './telemetry-config.ts';

/** CombinationProblem is a problem of values that are each fine, but not together. Its path is in camelCase. */
export interface CombinationProblem {
  readonly source: ConfigSource;
  readonly path: readonly string[];
  /** The value that would make it right. When that is wrong itself, this goes without saying. */
  readonly remedy: readonly string[];
  readonly found: string;
  /** What was expected; `name` turns a camelCase key into the form of its source. */
  readonly expected: (name: (key: string) => string) => string;
}

/**
 * withoutUnusable takes out of the environment what can't be used together with the rest, and warns: an injected
 * environment never stops a program whose own configuration is good.
 */
export function withoutUnusable(
  environment: EnvironmentLayer,
  merge: (environment: EnvironmentLayer) => Merged,
  warn: WarningListener,
): EnvironmentLayer {
  let usable = environment;
  const variable = (path: string): string => environment.variables.get(path) ?? path;
  if (exposesHeaders(merge(usable)) && usable.headers.size > 0) {
    warn(ignoredVariable(variable('headers'), 'headers may go over plain http only to a loopback host'));
    usable = { ...usable, headers: new Map() };
  }
  if (exposesHeaders(merge(usable)) && usable.scalars.endpoint !== undefined) {
    const why = 'it would send the configured headers over plain http to a host that is not loopback';
    warn(ignoredVariable(variable('endpoint'), why));
    const { endpoint: _, ...scalars } = usable.scalars;
    usable = { ...usable, scalars };
  }
  if (exposesHeadersToProxy(merge(usable), usable.proxy)) {
    const why = 'the proxy would get the configured headers over plain http, and is not loopback';
    warn(ignoredVariable(variable('proxy.http'), why));
    const { https, noProxy } = usable.proxy;
    usable = { ...usable, proxy: new SecretProxy({ http: undefined, https, noProxy }) };
  }
  for (const [lone, other] of tlsPairs) {
    const merged = merge(usable);
    if (merged.tls[lone] === undefined || merged.tls[other] !== undefined) continue;
    if (usable.tls[lone] === undefined) continue;
    const why = 'a client certificate and a client key can only be used together';
    warn(ignoredVariable(variable(`tls.${lone}`), why));
    usable = { ...usable, tls: { ...usable.tls, [lone]: undefined } };
  }
  return usable;
}

const tlsPairs = [
  ['certFile', 'keyFile'],
  ['keyFile', 'certFile'],
] as const;

/** checkCombinations lists what is wrong with the values together. */
export function checkCombinations(merged: Merged): CombinationProblem[] {
  const problems: CombinationProblem[] = [];
  if (exposesHeaders(merged)) {
    const [name = ''] = merged.headers.keys();
    problems.push({
      source: merged.sources.get(`headers.${name}`) ?? 'code',
      path: ['headers'],
      remedy: ['endpoint'],
      found: `headers, which may hold credentials, for plain http to ${endpointOf(merged).host}`,
      expected: (key) => `an https endpoint, a loopback host, or ${key('allowInsecureCredentials')} = true`,
    });
  }
  // An injected endpoint never stops a program: without TLS it is spoken to in HTTP/1.1.
  const chosenEndpoint = merged.sources.get('endpoint') !== 'environment';
  if (merged.scalars.httpVersion === '2' && chosenEndpoint && endpointOf(merged).protocol === 'http:') {
    problems.push({
      source: merged.sources.get('httpVersion') ?? 'code',
      path: ['httpVersion'],
      remedy: ['endpoint'],
      found: '"2" for plain http',
      expected: () => 'an https endpoint: HTTP/2 is agreed on in the TLS handshake',
    });
  }
  for (const [lone, other] of tlsPairs) {
    if (merged.tls[lone] === undefined || merged.tls[other] !== undefined) continue;
    problems.push({
      source: merged.sources.get(`tls.${lone}`) ?? 'code',
      path: ['tls', lone],
      remedy: ['tls', other],
      found: 'one half of a pair',
      expected: (key) => `${key(other)} beside it: a client certificate needs both`,
    });
  }
  return problems;
}

function exposesHeaders(merged: Merged): boolean {
  if (merged.headers.size === 0 || merged.scalars.allowInsecureCredentials === true) return false;
  // A socket's other end is on this machine.
  if (merged.scalars.socketPath !== undefined) return false;
  const endpoint = endpointOf(merged);
  return endpoint.protocol === 'http:' && !isLoopback(endpoint.hostname);
}

// Loopback is proxied like any other host. NO_PROXY has more forms than these, but to go without a proxy where one of
// them already says so changes nothing.
function exposesHeadersToProxy(merged: Merged, { http, noProxy = '' }: ProxyConfig): boolean {
  const { socketPath, allowInsecureCredentials } = merged.scalars;
  if (http === undefined || merged.headers.size === 0) return false;
  if (socketPath !== undefined || allowInsecureCredentials === true) return false;
  const { protocol, hostname } = endpointOf(merged);
  const exempt = noProxy.split(/[,\s]+/).some((entry) => entry === '*' || entry === hostname);
  return protocol === 'http:' && !exempt && !isLoopback(new URL(http).hostname);
}

function endpointOf(merged: Merged): URL {
  return new URL(merged.scalars.endpoint ?? settings().scalars.endpoint.fallback ?? '');
}

// Without asking a name server.
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
