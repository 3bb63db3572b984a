import { Client, EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { describe, expect, test } from 'vitest';

import { chooseProxy } from './choose-proxy.ts';

const proxies = { http: 'http://plain.proxy:3128', https: 'http://secure.proxy:3128' };

describe('a proxy', () => {
  test.each([
    ['http://collector:4318', 'http://plain.proxy:3128/'],
    ['https://collector', 'http://secure.proxy:3128/'],
    ['http://127.0.0.1:4318', 'http://plain.proxy:3128/'],
    ['http://localhost', 'http://plain.proxy:3128/'],
  ])('is chosen by the scheme, for loopback as well: %s', (receiver, proxy) => {
    expect(chooseProxy(new URL(receiver), proxies)?.href).toBe(proxy);
  });

  test('for http is none for https', () => {
    expect(chooseProxy(new URL('https://collector'), { http: proxies.http })).toBeUndefined();
    expect(chooseProxy(new URL('http://collector'), { https: proxies.https })).toBeUndefined();
  });
});

const lists: readonly [noProxy: string, direct: readonly string[], proxied: readonly string[]][] = [
  ['', [], ['http://a.com', 'http://localhost']],
  ['a.com', ['http://a.com', 'http://x.a.com', 'https://a.com:8443', 'http://A.COM.'], ['http://ba.com']],
  ['.a.com', ['http://a.com', 'http://x.y.a.com'], ['http://ba.com', 'http://a.com.b']],
  ['*.a.com', ['http://x.a.com'], ['http://a.com', 'http://ba.com']],
  ['A.com.', ['http://a.com', 'http://x.a.com.'], ['http://b.com']],
  ['a.com:4318', ['http://a.com:4318', 'http://x.a.com:4318'], ['http://a.com', 'http://a.com:4319']],
  ['a.com:80', ['http://a.com'], ['https://a.com']],
  ['a.com:443', ['https://a.com'], ['http://a.com', 'https://a.com:80']],
  ['b.com, a.com\tc.com,,', ['http://a.com', 'http://b.com', 'http://c.com'], ['http://d.com']],
  ['*', ['http://a.com', 'https://b.com:1', 'http://[::1]'], []],
  ['b.com *', ['http://a.com'], []],
  ['*:80', ['http://a.com'], ['https://a.com', 'http://a.com:81']],
  ['127.0.0.1', ['http://127.0.0.1', 'http://127.0.0.1:4318'], ['http://127.0.0.2', 'http://localhost']],
  ['::1', ['http://[::1]', 'http://[::1]:4318'], ['http://[::2]']],
  ['[::1]', ['http://[::1]', 'http://[::1]:4318'], ['http://[::2]']],
  ['[::1]:4318', ['http://[::1]:4318'], ['http://[::1]']],
  ['localhost', ['http://localhost', 'http://x.localhost'], ['http://127.0.0.1']],
  ['a.com:x', [], ['http://a.com']],
  ['10.0.0.0/8', [], ['http://10.0.0.1']],
];

describe.each(lists)('the exceptions "%s"', (noProxy, direct, proxied) => {
  test('are reached directly, and others through the proxy', () => {
    const found = [...direct, ...proxied].map((receiver) =>
      chooseProxy(new URL(receiver), { ...proxies, noProxy }),
    );
    expect(found.slice(0, direct.length)).toEqual(direct.map(() => undefined));
    expect(found.slice(direct.length)).not.toContain(undefined);
  });

  test('mean what they mean to undici', () => {
    const found = proxied.concat(direct).filter((url) => url.startsWith('http:'));
    for (const receiver of found) {
      const ours = chooseProxy(new URL(receiver), { ...proxies, noProxy }) !== undefined;
      expect([receiver, undiciProxies(receiver, noProxy)]).toEqual([receiver, ours]);
    }
  });
});

/** Asks undici's own agent: through a proxy, a client of the proxy's origin is made. */
function undiciProxies(receiver: string, noProxy: string): boolean {
  const origins: string[] = [];
  const agent = new EnvHttpProxyAgent({
    httpProxy: proxies.http,
    httpsProxy: proxies.https,
    noProxy,
    factory: (origin): Dispatcher => {
      origins.push(String(origin));
      return new Client(origin, { connect: (_options, callback) => callback(new Error('offline'), null) });
    },
  });
  agent.dispatch({ origin: receiver, path: '/', method: 'GET' }, { onResponseError: () => {} });
  return origins.some((origin) => origin.startsWith(proxies.http));
}
