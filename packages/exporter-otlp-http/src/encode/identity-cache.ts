import type { Point, Series } from '@pqcnet/telemetry-core';

import { ByteWriter } from './byte-writer.ts';
import { IdentityPool, offsetIn } from './identity-pool.ts';

/**
 * LabelUse says what becomes of the labels on a series' points: they follow its own attributes, they stand alone
 * since it has none, or those that it does not override are part of its identity already.
 */
export type LabelUse = typeof LABELS_FOLLOW | typeof LABELS_ALONE | typeof LABELS_INSIDE;
export const LABELS_FOLLOW = 0;
export const LABELS_ALONE = 1;
export const LABELS_INSIDE = 2;

/** EncodeIdentity writes what is the same for all points of a point's series, and reserves the room for it. */
export type EncodeIdentity = (out: ByteWriter, point: Point) => LabelUse;

/** How many entries ahead a series is looked for at first when entries before it have gone. */
const FIRST_REACH = 16;

/**
 * IdentityCache keeps the encoded identity of each series from one export to the next.
 *
 * It is a list in the order of the snapshot's points, which is stable: a walk over a snapshot meets the entries one
 * after another and needs no lookup. Series that have come since are inserted, series that are gone are left out, and
 * their bytes go with them. An entry costs three list elements (24 bytes) beside its encoded bytes.
 */
export class IdentityCache {
  /** Where the identity that `locate` found stands. */
  view: DataView;
  offset = 0;
  length = 0;
  labelUse: LabelUse = LABELS_FOLLOW;

  #series: Series[] = [];
  /** Pool address of each entry; −1 when it is not encoded. */
  #addresses: number[] = [];
  /** Length · 4 + label use of each entry. */
  #extents: number[] = [];
  /** How many entries stand at the index of their point in the present snapshot. */
  #aligned = 0;
  /** The entries of the snapshot before that are not met yet, from `#rest` on; the lists themselves while nothing differs. */
  #olderSeries: Series[] = this.#series;
  #olderAddresses: number[] = this.#addresses;
  #olderExtents: number[] = this.#extents;
  #rest = 0;
  /** How many steps the search for moved entries may still take in this walk. */
  #searchLeft = 0;
  #newestId = -1;
  #reach = FIRST_REACH;
  #pool = new IdentityPool();
  readonly #scratch = new ByteWriter(1024);

  constructor() {
    this.view = this.#scratch.view;
  }

  /** The bytes that encoded identities take, room for more included. */
  get bytes(): number {
    return this.#pool.bytes;
  }

  /** How many series there are entries for. */
  get size(): number {
    return this.#series.length;
  }

  /** How many points the walk has met. */
  get met(): number {
    return this.#aligned;
  }

  /** begin starts the walk over a snapshot. */
  begin(): void {
    this.end();
    this.#aligned = 0;
    this.#rest = 0;
    this.#reach = FIRST_REACH;
    this.#searchLeft = this.#series.length * 4;
    this.#olderSeries = this.#series;
    this.#olderAddresses = this.#addresses;
    this.#olderExtents = this.#extents;
    this.#pool.evacuateSparse();
  }

  /** end keeps what a walk that stopped early has not met, for the next one. */
  end(): void {
    if (this.#series === this.#olderSeries) return;
    for (let index = this.#rest; index < this.#olderSeries.length; index += 1) {
      this.#push(this.#olderSeries[index], this.#olderAddresses[index], this.#olderExtents[index]);
    }
    this.#olderSeries = this.#series;
  }

  /** endWalk drops the entries that the walk did not meet: it has come to the snapshot's last point. */
  endWalk(): void {
    for (let index = this.#rest; index < this.#olderSeries.length; index += 1) this.#release(index);
    this.#rest = this.#olderSeries.length;
    this.#series.length = this.#aligned;
    this.#addresses.length = this.#aligned;
    this.#extents.length = this.#aligned;
    this.#olderSeries = this.#series;
  }

  /** clear forgets every entry: labels have changed. */
  clear(): void {
    this.#series = [];
    this.#addresses = [];
    this.#extents = [];
    this.#olderSeries = this.#series;
    this.#pool = new IdentityPool();
  }

  /** skip notes the series of a point that is not sent, so that the points after it are found. */
  skip(index: number, series: Series): void {
    if (index === this.#aligned) this.#align(series);
  }

  /**
   * locate finds the identity of the point at `index`, and encodes it the first time. The first locate or skip of each
   * index in a walk must come in order; later ones may come in any.
   */
  locate(index: number, point: Point, encode: EncodeIdentity): void {
    if (index === this.#aligned) this.#align(point.series);
    let address = this.#addresses[index] ?? -1;
    let extent = this.#extents[index] ?? 0;
    if (address >= 0) {
      const block = this.#pool.blockOf(address);
      this.view = block.view;
      if (block.leaving) {
        address = this.#pool.move(address, extent >>> 2);
        this.#addresses[index] = address;
        this.view = this.#pool.blockOf(address).view;
      }
    } else {
      this.#scratch.position = 0;
      const labelUse = encode(this.#scratch, point);
      extent = (this.#scratch.position << 2) | labelUse;
      address = this.#pool.add(this.#scratch);
      this.#addresses[index] = address;
      this.#extents[index] = extent;
      this.view = this.#pool.blockOf(address).view;
    }
    this.offset = offsetIn(address);
    this.length = extent >>> 2;
    // The low two bits were a LabelUse when they went in.
    const bits = extent & 3;
    this.labelUse = bits === LABELS_INSIDE || bits === LABELS_ALONE ? bits : LABELS_FOLLOW;
  }

  #align(series: Series): void {
    if (this.#olderSeries[this.#rest] === series) {
      if (this.#series !== this.#olderSeries) this.#keep(this.#rest);
      this.#rest += 1;
      this.#aligned += 1;
      return;
    }
    this.#diverge();
    const found = this.#search(series);
    if (found < 0) this.#push(series, -1, 0);
    else {
      while (this.#rest < found) {
        this.#release(this.#rest);
        this.#rest += 1;
      }
      this.#keep(found);
      this.#rest += 1;
    }
    this.#aligned += 1;
  }

  /** diverge begins new lists at the first point that is not where it was. */
  #diverge(): void {
    if (this.#series !== this.#olderSeries) return;
    this.#series = this.#olderSeries.slice(0, this.#aligned);
    this.#addresses = this.#olderAddresses.slice(0, this.#aligned);
    this.#extents = this.#olderExtents.slice(0, this.#aligned);
  }

  /**
   * search looks for a series further ahead, past entries that are gone. What is not found is encoded again, which
   * costs time but is never wrong; so the search can be bounded to a few steps per entry and walk.
   */
  #search(series: Series): number {
    // Ids grow: one that is newer than all that were ever met has no entry.
    if (series.id > this.#newestId || this.#searchLeft <= 0) return -1;
    const end = Math.min(this.#olderSeries.length, this.#rest + this.#reach);
    for (let index = this.#rest + 1; index < end; index += 1) {
      if (this.#olderSeries[index] === series) return index;
    }
    this.#searchLeft -= this.#reach;
    this.#reach *= 2;
    return -1;
  }

  #keep(index: number): void {
    this.#push(this.#olderSeries[index], this.#olderAddresses[index], this.#olderExtents[index]);
  }

  #push(series: Series | undefined, address: number = -1, extent: number = 0): void {
    if (series === undefined) return;
    if (series.id > this.#newestId) this.#newestId = series.id;
    this.#series.push(series);
    this.#addresses.push(address);
    this.#extents.push(extent);
  }

  #release(index: number): void {
    const address = this.#olderAddresses[index] ?? -1;
    if (address >= 0) this.#pool.release(address, (this.#olderExtents[index] ?? 0) >>> 2);
  }
}
