/** How many slots there are for each name, so that few share one. */
const slotsPerName = 4;

/**
 * NameMap is a Map by names that is looked in for every record. A table by the length and three characters of a name
 * has the answer for most names, without the steps from entry to entry in a Map's chains, which the processor can't
 * predict; the others are found in a Map.
 */
export class NameMap<T> {
  readonly #map = new Map<string, T>();
  /**
   * The names as they were given, which is how callers that keep them will ask: the Map's own keys can be copies of
   * them, and V8 would compare character by character for every record.
   */
  readonly #given: string[] = [];
  /** By slot: the first name that came to it, and its value. */
  #names: string[] = [''];
  #values: (T | undefined)[] = [undefined];

  /** How many names there are. */
  get size(): number {
    return this.#map.size;
  }

  has(name: string): boolean {
    return this.#map.has(name);
  }

  get(name: string): T | undefined {
    // Callers of JavaScript pass anything.
    if (typeof name !== 'string' || name.length === 0) return undefined;
    const slot = hashOf(name) & (this.#names.length - 1);
    return this.#names[slot] === name ? this.#values[slot] : this.#map.get(name);
  }

  /** Sets the value of a name that is not empty. */
  set(name: string, value: T): void {
    if (!this.#map.has(name)) this.#given.push(name);
    this.#map.set(name, value);
    if (this.#map.size * slotsPerName <= this.#names.length) this.#place(name, value);
    else this.#placeAll();
  }

  #place(name: string, value: T): void {
    const slot = hashOf(name) & (this.#names.length - 1);
    const taken = this.#names[slot];
    if (taken !== '' && taken !== name) return;
    this.#names[slot] = name;
    this.#values[slot] = value;
  }

  #placeAll(): void {
    const slots = 2 ** Math.ceil(Math.log2(2 * slotsPerName * this.#map.size));
    this.#names = Array.from({ length: slots }, () => '');
    this.#values = Array.from({ length: slots }, () => undefined);
    for (const name of this.#given) this.#place(name, this.#map.get(name) as T);
  }
}

/** A number by the length and the last, the last but one and the middle character of a name that is not empty. */
function hashOf(name: string): number {
  const { length } = name;
  const last = name.charCodeAt(length - 1);
  const lastButOne = name.charCodeAt(length > 1 ? length - 2 : 0);
  return last + 11 * lastButOne + 101 * name.charCodeAt(length >> 1) + 37 * length;
}
