import { RowCopies, type RowPlace } from './row-copies.ts';
import { gaugeLayout } from './row-layout.ts';

/** SharedGauge is the last value that a worker set for one series and the owner has not taken yet. */
export class SharedGauge {
  readonly #copies: RowCopies;
  #sets = 0;

  constructor(place: RowPlace) {
    this.#copies = new RowCopies(place);
  }

  /** set publishes a finite value. False, and nothing done, when the row was closed. */
  set(value: number, unixMs: number): boolean {
    const copies = this.#copies;
    this.#write(value, unixMs);
    while (!copies.publish()) {
      const state = copies.state();
      if (state === undefined) return false;
      if (copies.isTaken(state)) this.#sets = 0;
      this.#write(value, unixMs);
      if (copies.publishAfter(state)) break;
    }
    this.#sets += 1;
    return true;
  }

  close(): void {
    this.#copies.close();
  }

  #write(value: number, unixMs: number): void {
    const { values, spareAt } = this.#copies;
    values[spareAt + gaugeLayout.value] = value;
    values[spareAt + gaugeLayout.unixMs] = unixMs;
    values[spareAt + gaugeLayout.sets] = this.#sets + 1;
  }
}
