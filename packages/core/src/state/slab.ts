const largestChunkRows = 4096;

/** Place is where a row of a slab lies: `width` numbers from `offset` on. It stays there for the slab's life. */
export interface Place {
  readonly values: Float64Array;
  readonly offset: number;
}

/**
 * Slab holds rows of numbers that are changed in place, in chunks that never move, so that whoever holds a Place
 * writes without a lookup, and a copy of all rows is a few memory copies.
 */
export class Slab {
  readonly width: number;
  readonly #emptyRow: Float64Array;
  readonly #chunks: Float64Array[] = [];
  #rows = 0;
  #capacityRows = 0;

  /** A new row starts as `emptyRow`. */
  constructor(emptyRow: readonly number[]) {
    this.width = emptyRow.length;
    this.#emptyRow = Float64Array.from(emptyRow);
  }

  get rows(): number {
    return this.#rows;
  }

  /** The chunks with their used length in numbers, in row order. */
  *usedChunks(): Generator<Float64Array> {
    let rowsLeft = this.#rows;
    for (const chunk of this.#chunks) {
      const rows = Math.min(rowsLeft, chunk.length / this.width);
      yield chunk.subarray(0, rows * this.width);
      rowsLeft -= rows;
    }
  }

  addRow(): Place {
    if (this.#rows === this.#capacityRows) this.#grow();
    const values = this.#chunks.at(-1) as Float64Array;
    const offset = values.length - (this.#capacityRows - this.#rows) * this.width;
    for (let i = 0; i < this.width; i++) values[offset + i] = this.#emptyRow[i] as number;
    this.#rows += 1;
    return { values, offset };
  }

  /** The slab of some of the rows, in the order of `rows`; tells where each one lies now. */
  select(rows: readonly number[], onPlaced: (place: Place, newRow: number) => void): Slab {
    const all = this.copy();
    const selected = new Slab([...this.#emptyRow]);
    for (const [newRow, row] of rows.entries()) {
      const place = selected.addRow();
      place.values.set(all.subarray(row * this.width, (row + 1) * this.width), place.offset);
      onPlaced(place, newRow);
    }
    return selected;
  }

  /** All rows, one after the other, as they are now. */
  copy(): Float64Array {
    const copy = new Float64Array(this.#rows * this.width);
    let end = 0;
    for (const chunk of this.usedChunks()) {
      copy.set(chunk, end);
      end += chunk.length;
    }
    return copy;
  }

  /** Doubles, so that a metric with one series costs one row and many rows cost few chunks. */
  #grow(): void {
    const rows = Math.min(Math.max(this.#capacityRows, 1), largestChunkRows);
    this.#chunks.push(new Float64Array(rows * this.width));
    this.#capacityRows += rows;
  }
}
