import { redacted } from './show-value.ts';

/** SecretMap is a read-only Map whose values don't show: not in `util.inspect`, `JSON.stringify` or a clone. */
export class SecretMap implements ReadonlyMap<string, string> {
  readonly #entries: ReadonlyMap<string, string>;

  constructor(entries: Iterable<readonly [string, string]>) {
    this.#entries = new Map(entries);
    Object.defineProperty(this, Symbol.for('nodejs.util.inspect.custom'), { value: () => this.toJSON() });
    Object.freeze(this);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): string | undefined {
    return this.#entries.get(key);
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  forEach(
    callback: (value: string, key: string, map: ReadonlyMap<string, string>) => void,
    thisArgument?: unknown,
  ): void {
    for (const [key, value] of this.#entries) callback.call(thisArgument, value, key, this);
  }

  entries(): MapIterator<[string, string]> {
    return this.#entries.entries();
  }

  keys(): MapIterator<string> {
    return this.#entries.keys();
  }

  values(): MapIterator<string> {
    return this.#entries.values();
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.#entries.entries();
  }

  /** toJSON names the keys, and redacts the values. */
  toJSON(): Record<string, string> {
    return Object.fromEntries([...this.keys()].map((key) => [key, redacted]));
  }
}
