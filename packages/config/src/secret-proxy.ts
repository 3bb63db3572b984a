import { redacted } from './show-value.ts';
import type { ProxyConfig } from './telemetry-config.ts';

/** SecretProxy holds proxy URLs, which may hold credentials: they don't show, but that there is one does. */
export class SecretProxy implements ProxyConfig {
  readonly #http: string | undefined;
  readonly #https: string | undefined;
  readonly #noProxy: string | undefined;

  constructor(proxy: ProxyConfig) {
    this.#http = proxy.http;
    this.#https = proxy.https;
    this.#noProxy = proxy.noProxy;
    Object.defineProperty(this, Symbol.for('nodejs.util.inspect.custom'), { value: () => this.toJSON() });
    Object.freeze(this);
  }

  get http(): string | undefined {
    return this.#http;
  }

  get https(): string | undefined {
    return this.#https;
  }

  get noProxy(): string | undefined {
    return this.#noProxy;
  }

  /** toJSON tells which are set, and redacts the URLs. */
  toJSON(): ProxyConfig {
    return { http: hidden(this.#http), https: hidden(this.#https), noProxy: this.#noProxy };
  }
}

function hidden(url: string | undefined): string | undefined {
  return url === undefined ? undefined : redacted;
}
