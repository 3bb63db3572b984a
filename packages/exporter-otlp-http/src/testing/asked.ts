import type {
  Exporter,
  Metric,
  Points,
  PointTable,
  SeriesAttributes,
  Snapshot,
} from '@pqcnet/telemetry-core';

import { through } from './through.ts';

/** Asked is what a snapshot was asked for beyond its numbers: the values, keys and texts that are encoded. */
export class Asked {
  readonly of: string[] = [];
  /** How many rows' attributes. */
  rows = 0;
  readonly #metrics = new WeakMap<Metric, Metric>();
  readonly #attributes = new WeakMap<SeriesAttributes, SeriesAttributes>();

  /** An exporter that passes on what it is given to another, and notes what that asks for. */
  before(exporter: Exporter): Exporter {
    return {
      temporality: exporter.temporality,
      export: (snapshot, options) => exporter.export(this.#watch(snapshot), options),
    };
  }

  /** The same snapshot, whose tables note what they are asked for. */
  #watch(snapshot: Snapshot): Snapshot {
    const tables = (snapshot.points.tables ?? []).map((table) => this.#watchTable(table));
    const { points } = snapshot;
    const watched: Points = {
      length: points.length,
      tables,
      at: (index) => points.at(index),
      [Symbol.iterator]: () => points[Symbol.iterator](),
    };
    return through(snapshot, { points: watched });
  }

  #watchTable(table: PointTable): PointTable {
    return through(table, {
      metric: this.#watchMetric(table.metric),
      attributes: this.#watchAttributes(table.attributes),
    });
  }

  /** The same one for the same metric, as it is without a watch. */
  #watchMetric(metric: Metric): Metric {
    const watched =
      this.#metrics.get(metric) ??
      new Proxy(metric, {
        get: (target, key) => {
          if (['name', 'unit', 'description'].includes(String(key))) this.of.push(String(key));
          return Reflect.get(target, key, target) as unknown;
        },
      });
    this.#metrics.set(metric, watched);
    return watched;
  }

  #watchAttributes(attributes: SeriesAttributes): SeriesAttributes {
    const watched = this.#attributes.get(attributes) ?? {
      keySetOf: (row) => {
        this.rows += 1;
        return attributes.keySetOf(row);
      },
      valueIdOf: (row, place) => attributes.valueIdOf(row, place),
      keysOf: (keySet) => {
        const keys = attributes.keysOf(keySet);
        this.of.push(`keys ${keys.join(' ')}`);
        return keys;
      },
      valueOf: (valueId) => {
        const value = attributes.valueOf(valueId);
        this.of.push(`value ${String(value)}`);
        return value;
      },
    };
    this.#attributes.set(attributes, watched);
    return watched;
  }
}
