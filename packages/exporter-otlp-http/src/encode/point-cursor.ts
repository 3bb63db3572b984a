import type { Point, Points } from '@pqcnet/telemetry-core';

/**
 * PointCursor reads points by index, one after another through their iterator, since finding a point by its index can
 * cost a search. It can also step back, to begin a range again.
 */
export class PointCursor {
  readonly #points: Points;
  #iterator: Iterator<Point>;
  #index = -1;
  #point: Point | undefined;

  constructor(points: Points) {
    this.#points = points;
    this.#iterator = points[Symbol.iterator]();
  }

  /** The point at an index from 0 to length − 1. */
  at(index: number): Point | undefined {
    if (index < this.#index) {
      this.#iterator = this.#points[Symbol.iterator]();
      this.#index = -1;
    }
    while (this.#index < index) {
      const next = this.#iterator.next();
      this.#point = next.done === true ? undefined : next.value;
      this.#index += 1;
    }
    return this.#point;
  }
}
