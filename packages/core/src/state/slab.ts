const chunkBits = 12;
const chunkRows = 1 << chunkBits;

/** Place is where a row of a slab lies: its numbers from `offset` on. */
export interface Place {
  readonly values: Float64Array;
  readonly offset: number;
}

/** ChunkMemory is where a slab can have its chunks. */
export interface ChunkMemory<Numbers> {
  /** A chunk of so many numbers, whatever they are. */
  take(numbers: number): Numbers;
  /** Takes chunks back in which nothing is written any more. */
  giveBack(chunks: readonly Numbers[]): void;
}

/** What is to be given back when a slab is collected as garbage. */
const takenBy = new FinalizationRegistry<() => void>((giveBack) => giveBack());

/**
 * Slab holds rows of numbers that are changed in place, in chunks of many rows, so that whoever holds a Place writes
 * without a lookup, and a copy of all rows is a few memory copies. Only while there is no more than one chunk can rows
 * move: it grows until it is a whole one.
 */
export class Slab<Numbers extends Float64Array | Uint32Array = Float64Array> {
  readonly width: number;
  readonly #emptyRow: Numbers;
  readonly #chunks: Numbers[] = [];
  #rows = 0;
  #capacityRows = 0;
  #memory: ChunkMemory<Numbers> | undefined = undefined;

  /** A new row starts as `emptyRow`, and has numbers of its kind. */
  constructor(emptyRow: Numbers) {
    this.width = emptyRow.length;
    this.#emptyRow = emptyRow;
  }

  get rows(): number {
    return this.#rows;
  }

  /** The chunks with their used length in numbers, in row order. */
  usedChunks(): Numbers[] {
    let rowsLeft = this.#rows;
    return this.#chunks.map((chunk) => {
      const rows = Math.min(rowsLeft, chunk.length / this.width);
      rowsLeft -= rows;
      return chunk.subarray(0, rows * this.width) as Numbers;
    });
  }

  /** All rows, not copied, if there is only one chunk: to be written to only after `detach`. */
  get only(): Numbers | undefined {
    const [first, second] = this.#chunks;
    return second === undefined
      ? (first?.subarray(0, this.#rows * this.width) as Numbers | undefined)
      : undefined;
  }

  /** detach puts a copy in the place of the first chunk, which belongs to those who hold it already. All its rows move. */
  detach(): void {
    const [first] = this.#chunks;
    if (first !== undefined) this.#chunks[0] = this.#copy(first);
  }

  /** Whether the chunks are in memory that was given. */
  get isInMemory(): boolean {
    return this.#memory !== undefined;
  }

  /** moveTo has the chunks in some memory from now on. All rows move. */
  moveTo(memory: ChunkMemory<Numbers>): void {
    const chunks = this.#chunks;
    this.#memory = memory;
    for (const [index, chunk] of chunks.entries()) {
      chunks[index] = memory.take(chunk.length);
      chunks[index].set(chunk);
    }
    takenBy.register(this, () => memory.giveBack(chunks));
  }

  /** clear leaves no rows, nor chunks for them. */
  clear(): void {
    this.#memory?.giveBack(this.#chunks.splice(0));
    this.#rows = 0;
    this.#capacityRows = 0;
  }

  /** The chunk that a row lies in. */
  chunkOf(row: number): Numbers {
    return this.#chunks[row >>> chunkBits] as Numbers;
  }

  /** Where a row begins in its chunk. */
  offsetOf(row: number): number {
    return (row & (chunkRows - 1)) * this.width;
  }

  /** Adds the next row; says whether those before it have moved. */
  addRow(): boolean {
    const row = this.#rows;
    const isFull = row === this.#capacityRows;
    if (isFull) this.#grow();
    const chunk = this.chunkOf(row);
    const offset = this.offsetOf(row);
    const empty = this.#emptyRow;
    // Not `set`: for so few numbers a call costs more than they do.
    for (let i = 0; i < empty.length; i++) chunk[offset + i] = empty[i] as number;
    this.#rows += 1;
    return isFull && row < chunkRows;
  }

  /** The slab of some of the rows, in the order of `rows`. */
  select(rows: readonly number[]): Slab<Numbers> {
    const { width } = this;
    const selected = new Slab(this.#emptyRow);
    for (const [newRow, row] of rows.entries()) {
      selected.addRow();
      const offset = this.offsetOf(row);
      const values = this.chunkOf(row).subarray(offset, offset + width);
      selected.chunkOf(newRow).set(values, selected.offsetOf(newRow));
    }
    return selected;
  }

  /** All rows, one after the other, as they are now. */
  copy(): Numbers {
    const { only } = this;
    if (only !== undefined) return this.#copy(only);
    const copy = this.#numbers(this.#rows * this.width);
    let end = 0;
    for (const chunk of this.usedChunks()) {
      copy.set(chunk, end);
      end += chunk.length;
    }
    return copy;
  }

  /** The first chunk doubles, so that a metric with one series costs one row. */
  #grow(): void {
    const isFirst = this.#capacityRows < chunkRows;
    const rows = isFirst ? Math.max(2 * this.#capacityRows, 1) : chunkRows;
    const numbers = rows * this.width;
    const chunk = this.#memory?.take(numbers) ?? this.#numbers(numbers);
    const [first] = this.#chunks;
    if (!isFirst || first === undefined) this.#chunks.push(chunk);
    else {
      chunk.set(first);
      this.#chunks[0] = chunk;
      this.#memory?.giveBack([first]);
    }
    this.#capacityRows = isFirst ? rows : this.#capacityRows + rows;
  }

  #numbers(length: number): Numbers {
    return new this.#kind(length);
  }

  /** Not `slice`: it fills the memory with zeros first. */
  #copy(numbers: Numbers): Numbers {
    return new this.#kind(numbers);
  }

  get #kind(): new (of: number | Float64Array | Uint32Array) => Numbers {
    return this.#emptyRow.constructor as new (of: number | Float64Array | Uint32Array) => Numbers;
  }
}
