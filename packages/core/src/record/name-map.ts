/** How many slots there are for each name, so that few share one. */
const slotsPerName = 4;
/** How many of the last characters of a name tell it from others. */
const tellingCharacters = 16;
/** Of so many names at the most it is counted how many slots they come to. */
const namesCounted = 256;

/**
 * NameMap is a Map by names that is looked in for every record. A table by the length and up to three characters of a
 * name has the answer for most names, without the steps from entry to entry in a Map's chains, which the processor can't
 * predict; the others are found in a Map. To read a character takes time: no more are read than tell the names apart.
 */
export class NameMap<T> {
  readonly #map = new Map<string, T>();
  /**
   * The names as they were given, which is how callers that keep them will ask: the Map's own keys can be copies of
   * them, and V8 would compare character by character for every record.
   */
  readonly #given: string[] = [];
  /** By slot: the first name that came to it, and behind that its value; side by side they lie in one cache line. */
  #table: (string | T | undefined)[] = ['', undefined];
  /** The characters that are read, counted from the end; −1 for none, and for none after that. */
  #first = -1;
  #second = -1;
  #third = -1;

  /** How many names there are. */
  get size(): number {
    return this.#map.size;
  }

  has(name: string): boolean {
    return this.#map.has(name);
  }

  get(name: string): T | undefined {
    // Callers of JavaScript pass anything.
    if (typeof name !== 'string') return undefined;
    const at = this.#placeOf(name);
    const table = this.#table;
    return table[at] === name ? (table[at + 1] as T | undefined) : this.#map.get(name);
  }

  /** Sets the value of a name that is not empty. */
  set(name: string, value: T): void {
    if (!this.#map.has(name)) this.#given.push(name);
    this.#map.set(name, value);
    if (2 * slotsPerName * this.#map.size <= this.#table.length) this.#place(name, value);
    else this.#placeAll();
  }

  #place(name: string, value: T): void {
    const at = this.#placeOf(name);
    const taken = this.#table[at];
    if (taken !== '' && taken !== name) return;
    this.#table[at] = name;
    this.#table[at + 1] = value;
  }

  #placeAll(): void {
    const slots = 2 ** Math.ceil(Math.log2(2 * slotsPerName * this.#map.size));
    this.#table = Array.from({ length: 2 * slots }, (_, at) => (at % 2 === 0 ? '' : undefined));
    this.#chooseCharacters();
    for (const name of this.#given) this.#place(name, this.#map.get(name) as T);
  }

  /** Adds one character after the other, each time the one that tells most names apart, as long as one tells more. */
  #chooseCharacters(): void {
    this.#first = -1;
    this.#second = -1;
    this.#third = -1;
    this.#first = this.#mostTelling((character) => (this.#first = character));
    if (this.#first >= 0) this.#second = this.#mostTelling((character) => (this.#second = character));
    if (this.#second >= 0) this.#third = this.#mostTelling((character) => (this.#third = character));
  }

  #mostTelling(read: (character: number) => void): number {
    let best = -1;
    read(best);
    let mostSlots = this.#slotsUsed();
    for (let character = 0; character < tellingCharacters; character++) {
      read(character);
      const slots = this.#slotsUsed();
      if (slots <= mostSlots) continue;
      best = character;
      mostSlots = slots;
    }
    return best;
  }

  /** How many slots the names come to, the last ones first. */
  #slotsUsed(): number {
    return new Set(this.#given.slice(-namesCounted).map((name) => this.#placeOf(name))).size;
  }

  /** Where a name's slot begins in the table: by its length and the characters that are read, the sum in 32 bits. */
  #placeOf(name: string): number {
    const { length } = name;
    let hash = Math.imul(37, length);
    const first = this.#first;
    if (first >= 0) {
      // Of a shorter name the character is NaN, which counts as 0.
      hash = (hash + (name.charCodeAt(length - 1 - first) | 0)) | 0;
      const second = this.#second;
      if (second >= 0) {
        hash = (hash + 11 * (name.charCodeAt(length - 1 - second) | 0)) | 0;
        const third = this.#third;
        if (third >= 0) hash = (hash + 101 * (name.charCodeAt(length - 1 - third) | 0)) | 0;
      }
    }
    return (hash << 1) & (this.#table.length - 2);
  }
}
