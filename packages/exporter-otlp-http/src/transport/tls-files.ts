import { readFileSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';

import { OtlpHttpError } from '../otlp-http-error.ts';
import { faultOfMaterial } from './check-tls-material.ts';
import { reasonOf } from './describe-failure.ts';
import type { TlsMaterial, TlsOptions } from './tls-options.ts';

/** TransportWarning tells of something that a transport goes on without. */
export interface TransportWarning {
  /** Stable: match on it. `TLS_FILES_UNUSABLE`: changed TLS files can't be used, so that the ones before stay. */
  readonly code: 'TLS_FILES_UNUSABLE';
  /** One line for people; never holds what is in a file. */
  readonly message: string;
}

type Part = 'ca' | 'cert' | 'key';
type TlsFile = readonly [part: Part, path: string];

const PARTS: readonly Part[] = ['ca', 'cert', 'key'];
const DEFAULT_RECHECK_MS = 10_000;

/**
 * TlsFiles holds the TLS material, and reads its files again when they change: looked at when something is to be sent,
 * not watched, since a watch misses files that are swapped by a link, and keeps handles. Material that can't be used
 * (half of a new pair, say) is reported once, and the material before stays.
 */
export class TlsFiles {
  readonly #fixed: TlsMaterial;
  readonly #files: readonly TlsFile[];
  readonly #recheckMs: number;
  readonly #warn: (warning: TransportWarning) => void;
  readonly #nowMs: () => number;
  #material: TlsMaterial;
  #stamp: string;
  #checkedMs: number;
  #checking: Promise<void> | undefined;

  /** @throws OtlpHttpError INVALID_EXPORTER_OPTIONS when the material can't be used. */
  constructor(
    options: TlsOptions,
    surroundings: {
      readonly warn: (warning: TransportWarning) => void;
      /** A clock that only its differences count of. */
      readonly nowMs: () => number;
    },
  ) {
    this.#warn = surroundings.warn;
    this.#nowMs = surroundings.nowMs;
    this.#recheckMs = checkedInterval(options.recheckMs ?? DEFAULT_RECHECK_MS);
    this.#files = filesOf(options);
    this.#fixed = definedParts((part) => options[part]);
    this.#checkedMs = this.#nowMs();
    const stats = this.#files.map(([part, path]) => attempt(part, path, () => statSync(path)));
    this.#stamp = stats.map(stampOf).join();
    const read = new Map(
      this.#files.map(([part, path]) => [part, attempt(part, path, () => readFileSync(path, 'utf8'))]),
    );
    this.#material = this.#combine(read);
    const fault = faultOfMaterial(this.#material);
    if (fault !== undefined) throw invalid(`tls: ${fault}`);
  }

  /** current gives the material to use now: the same object as long as nothing changed. Never rejects. */
  async current(): Promise<TlsMaterial> {
    const isDue = this.#nowMs() - this.#checkedMs >= this.#recheckMs;
    if (this.#files.length > 0 && isDue) {
      this.#checking ??= this.#check().finally(() => {
        this.#checking = undefined;
      });
    }
    await this.#checking;
    return this.#material;
  }

  async #check(): Promise<void> {
    this.#checkedMs = this.#nowMs();
    try {
      // The stamp is older than what is read, so that a file that changes in between is read once more.
      const stats = await Promise.all(this.#files.map(([, path]) => stat(path)));
      const stamp = stats.map(stampOf).join();
      if (stamp === this.#stamp) return;
      this.#stamp = stamp;
      const texts = await Promise.all(this.#files.map(([, path]) => readFile(path, 'utf8')));
      const material = this.#combine(new Map(this.#files.map(([part], index) => [part, texts[index] ?? ''])));
      const fault = faultOfMaterial(material);
      if (fault === undefined) this.#material = material;
      else this.#report(fault);
    } catch (cause) {
      const reason = `they can't be read (${reasonOf(cause)})`;
      if (this.#stamp !== reason) this.#report(reason);
      this.#stamp = reason;
    }
  }

  #combine(read: ReadonlyMap<Part, string>): TlsMaterial {
    return definedParts((part) => read.get(part) ?? this.#fixed[part]);
  }

  #report(fault: string): void {
    const names = this.#files.map(([, path]) => path).join(', ');
    const message = `TLS files have changed (${names}) and can't be used, the ones before stay in use: ${fault}`;
    this.#warn({ code: 'TLS_FILES_UNUSABLE', message });
  }
}

function filesOf(options: TlsOptions): TlsFile[] {
  const given = (part: Part): boolean => options[part] !== undefined || options[`${part}File`] !== undefined;
  if (given('cert') !== given('key')) {
    const found = given('cert') ? 'cert without a key' : 'key without a cert';
    throw invalid(`tls has a ${found}, expected both or none`);
  }
  return PARTS.flatMap((part): TlsFile[] => {
    const path = options[`${part}File`];
    if (path === undefined) return [];
    if (options[part] !== undefined) throw invalid(`tls has ${part} and ${part}File, expected one of them`);
    return [[part, path]];
  });
}

function definedParts(valueOf: (part: Part) => string | Uint8Array | undefined): TlsMaterial {
  const entries = PARTS.flatMap((part): [Part, string][] => {
    const pem = valueOf(part);
    if (pem === undefined) return [];
    return [[part, typeof pem === 'string' ? pem : Buffer.from(pem).toString('latin1')]];
  });
  return Object.fromEntries(entries);
}

function attempt<T>(part: Part, path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw invalid(`tls.${part}File: can't read ${path} (${reasonOf(cause)})`, cause);
  }
}

function stampOf(stats: { readonly mtimeMs: number; readonly size: number; readonly ino: number }): string {
  return `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
}

function checkedInterval(recheckMs: number): number {
  if (Number.isFinite(recheckMs) && recheckMs >= 0) return recheckMs;
  throw invalid(`tls.recheckMs is ${recheckMs}, expected a number of milliseconds, 0 or more`);
}

function invalid(message: string, cause?: unknown): OtlpHttpError {
  return new OtlpHttpError('INVALID_EXPORTER_OPTIONS', message, { cause });
}
