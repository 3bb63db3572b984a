import type { AttributeValue } from '../attributes.ts';
import type { Clock } from '../clock.ts';
import type { ExportedPart, PointRange, Temporality } from '../exporter.ts';
import type { MetricData } from '../snapshot/metric-data.ts';
import { takeSnapshot } from '../snapshot/take-snapshot.ts';
import { TakenSnapshot } from '../snapshot/taken-snapshot.ts';
import type { MetricState } from '../state/metric-state.ts';
import type { State } from '../state/state.ts';
import { sendsDelta } from '../temporality.ts';
import { unixNanoOf } from '../unix-nano.ts';
import { type Account, type Amounts, addAmounts } from './account.ts';
import type { DeliveryWindow, OpenRange } from './deliver-window.ts';
import { countIdleFlushes, makeRoom } from './make-room.ts';
import { MetricBook } from './metric-book.ts';
import { WindowAges } from './window-ages.ts';

/** Receivers keep times in milliseconds: Prometheus refuses a request with a second value for one. */
const shortestWindowNano = 1_000_000n;

/** After how many cuts the objects that are kept alive are renewed. */
const cutsPerKeptAlive = 16;

/** WindowsOptions is what windows are cut from, and what goes along with each. */
export interface WindowsOptions {
  readonly state: State;
  readonly clock: Clock;
  readonly temporality: Temporality;
  /** After how many delivered flushes without a change a series may make room in a metric that has none left. */
  readonly idleFlushesBeforeRetirement: number;
  /** How old an undeliverable delta window may become, in milliseconds. */
  readonly maxWindowAgeMs: number;
  readonly resource: ReadonlyMap<string, AttributeValue>;
  readonly labels: ReadonlyMap<string, AttributeValue>;
}

/**
 * Windows are the stretches of time in which everything was recorded: the open one, and a frozen one, that is sent again
 * as it was. They keep the books of what was delivered. Nothing here waits, and the state is only read, but for closing
 * windows and making room.
 */
export class Windows {
  readonly #options: WindowsOptions;
  readonly #ages: WindowAges;
  readonly #books = new Map<MetricState, MetricBook>();
  #frozen: DeliveryWindow | undefined = undefined;
  /** What was sent last and not delivered: it is still part of the open window. */
  #undelivered: DeliveryWindow | undefined = undefined;
  /** Nothing reads it: see `keepAlive`. */
  keptAlive: readonly unknown[] = [];
  #cuts = 0;
  #keptMetrics = 0;

  constructor(options: WindowsOptions) {
    this.#options = options;
    this.#ages = new WindowAges(options.maxWindowAgeMs);
    this.#noteBeginning();
  }

  /** What the receiver may have taken and is to be sent again as it was, before anything newer. Deltas only. */
  get frozen(): DeliveryWindow | undefined {
    return this.#frozen;
  }

  /** account says where everything that was recorded is. */
  account(): Account {
    this.#options.state.foldAll();
    const byName = new Map<string, Amounts>();
    for (const metric of this.#options.state.metrics()) {
      if (metric.aggregation !== 'gauge') byName.set(metric.name, this.#bookOf(metric).amounts());
    }
    return { ...addAmounts(byName.values()), byName };
  }

  /** Where what is undelivered begins. */
  get undeliveredSinceUnixNano(): bigint {
    let earliest = this.#options.state.windowStartUnixNano;
    for (const { windowStarts, metric } of this.#books.values()) {
      if (metric.table.length === 0) continue;
      const start = windowStarts.earliest(metric.table.length);
      if (start < earliest) earliest = start;
    }
    const frozen = this.#frozen?.snapshot.startTimeUnixNano ?? earliest;
    return frozen < earliest ? frozen : earliest;
  }

  /** look takes a snapshot of what there is now, and clears nothing. */
  look(): TakenSnapshot {
    this.#options.state.gather();
    return this.#take(this.#nextEnd(), false);
  }

  /** keepOpen keeps what is not settled: frozen where the receiver may have taken it, else in the open window. */
  keepOpen(snapshot: TakenSnapshot, open: readonly OpenRange[]): void {
    if (snapshot === this.#frozen?.snapshot) {
      this.#frozen = open.length === 0 ? undefined : { snapshot, open };
      return;
    }
    const isFreezing = this.#options.temporality !== 'cumulative';
    const frozen = isFreezing ? open.filter((range) => range.mayBeTaken) : [];
    for (const range of frozen) {
      this.#forRows(snapshot, range, (data, rows) =>
        this.#bookOf(data.metric).freeze(data, rows, snapshot.timeUnixNano),
      );
    }
    this.#frozen = frozen.length === 0 ? undefined : { snapshot, open: frozen };
    const rest = open.filter((range) => !frozen.includes(range));
    this.#undelivered = rest.length === 0 ? undefined : { snapshot, open: rest };
  }

  /** dropOld gives up the deltas of series whose window is older than anyone wants it. */
  dropOld(onDropped: (snapshot: TakenSnapshot) => void): void {
    this.#frozen = this.#withoutOld(this.#frozen, onDropped);
    this.#undelivered = this.#withoutOld(this.#undelivered, onDropped);
  }

  #withoutOld(
    window: DeliveryWindow | undefined,
    onDropped: (snapshot: TakenSnapshot) => void,
  ): DeliveryWindow | undefined {
    if (window === undefined) return undefined;
    const tooOldUntil = this.#ages.tooOldUntil(this.#options.clock.monotonicMs());
    if (tooOldUntil === undefined) return window;
    const { snapshot } = window;
    const rest: OpenRange[] = [];
    let isAnyDropped = false;
    for (const range of window.open) {
      this.#forRows(snapshot, range, (data, rows, first) => {
        const book = this.#bookOf(data.metric);
        if (!book.isDelta || !data.windowStarts.isAnyBefore(tooOldUntil + 1n, rows)) {
          rest.push({ from: first + rows.from, to: first + rows.to, mayBeTaken: range.mayBeTaken });
          return;
        }
        isAnyDropped = true;
        book.drop(data, rows, { isFrozen: window === this.#frozen, timeUnixNano: snapshot.timeUnixNano });
      });
    }
    if (!isAnyDropped) return window;
    onDropped(snapshot);
    return rest.length === 0 ? undefined : { snapshot, open: rest };
  }

  /** makeRoom lets go of what may go, while nothing is under way or frozen that counts rows. */
  makeRoom(): void {
    if (this.#frozen !== undefined) return;
    this.#options.state.fold();
    for (const book of this.#books.values()) {
      if (makeRoom(book, this.#options.idleFlushesBeforeRetirement)) this.#undelivered = undefined;
    }
  }

  /** cut takes a snapshot to be sent: what is recorded from now on belongs to the next window. */
  cut(): DeliveryWindow {
    const { state } = this.#options;
    state.gather();
    const snapshot = this.#take(this.#nextEnd(), true);
    state.windowStartUnixNano = snapshot.timeUnixNano;
    this.#noteBeginning();
    for (const data of snapshot.metrics) {
      if (!data.metric.hasMoments) continue;
      data.metric.closeWindow();
      this.#bookOf(data.metric).carry(data);
    }
    this.#keepAlive(snapshot);
    const { length } = snapshot.points;
    return { snapshot, open: length === 0 ? [] : [{ from: 0, to: length, mayBeTaken: false }] };
  }

  /** Shapes change now and then while a program is young: so one of them is kept, and renewed now and then. */
  #keepAlive(snapshot: TakenSnapshot): void {
    const isDue = this.#cuts % cutsPerKeptAlive === 0 || snapshot.metrics.length !== this.#keptMetrics;
    this.#cuts += 1;
    if (!isDue) return;
    this.#keptMetrics = snapshot.metrics.length;
    this.keptAlive = keepAlive(snapshot, this.#options.state);
  }

  #take(timeUnixNano: bigint, isToBeSent: boolean): TakenSnapshot {
    const { state, resource, labels } = this.#options;
    return takeSnapshot({
      state,
      settledOf: (metric) => this.#bookOf(metric),
      isToBeSent,
      startTimeUnixNano: this.undeliveredSinceUnixNano,
      timeUnixNano,
      resource,
      labels,
    });
  }

  /** Windows adjoin and never run backwards, whatever the wall clock does. */
  #nextEnd(): bigint {
    const now = unixNanoOf(this.#options.clock.unixMs());
    const earliest = this.#options.state.windowStartUnixNano + shortestWindowNano;
    return now > earliest ? now : earliest;
  }

  /** Remembers when the windows begin that begin now. */
  #noteBeginning(): void {
    const { clock, state } = this.#options;
    this.#ages.note({ unixNano: state.windowStartUnixNano, monotonicMs: clock.monotonicMs() });
  }

  /** settle enters into the books what became of some points. */
  settle(snapshot: TakenSnapshot, { outcome, ...range }: ExportedPart): void {
    const isFrozen = snapshot === this.#frozen?.snapshot;
    this.#forRows(snapshot, range, (data, rows) => {
      const book = this.#bookOf(data.metric);
      if (isFrozen) book.settleFrozen(data, rows, outcome, snapshot.timeUnixNano);
      else book.settle(data, rows, outcome, snapshot.timeUnixNano);
    });
  }

  /** Goes through the metrics that a range of points touches, with the rows that it covers there, and their first point. */
  #forRows(
    snapshot: TakenSnapshot,
    range: PointRange,
    visit: (data: MetricData, rows: PointRange, first: number) => void,
  ): void {
    let first = 0;
    for (const data of snapshot.metrics) {
      const { length } = data.rows;
      const rows = { from: Math.max(range.from - first, 0), to: Math.min(range.to - first, length) };
      if (rows.from < rows.to) visit(data, rows, first);
      first += length;
    }
  }

  /** Whether something was too large for the points of a snapshot, and is for the next one. */
  hasLeftSomething(snapshot: TakenSnapshot): boolean {
    return snapshot.metrics.some(({ metric }) => this.#bookOf(metric).leftSomething);
  }

  /** countIdle gives what is called when the snapshot was accepted whole: it takes note of series that did not change. */
  countIdle(snapshot: TakenSnapshot): () => void {
    // Nearly always there is room for more, and nothing to count.
    const short = snapshot.metrics.filter(({ metric }) => metric.overflow !== undefined);
    const before = short.map(({ metric }) => this.#bookOf(metric).finished);
    return () => {
      for (const [index, { metric }] of short.entries())
        countIdleFlushes(this.#bookOf(metric), before[index]);
    };
  }

  #bookOf(metric: MetricState): MetricBook {
    let book = this.#books.get(metric);
    if (book === undefined) {
      const isDelta = sendsDelta(metric.kind, this.#options.temporality);
      book = new MetricBook(metric, {
        isDelta,
        windowStartUnixNano: this.#options.state.windowStartUnixNano,
      });
      this.#books.set(metric, book);
    }
    return book;
  }
}

/**
 * keepAlive gives one object of each kind that a flush works with. As long as one lives, V8 keeps the machine code that
 * knows its shape; without any, a garbage collection between two flushes throws that code away.
 */
function keepAlive(snapshot: TakenSnapshot, state: State): readonly unknown[] {
  const onePerKind = new Map(snapshot.metrics.map((data) => [data.metric.aggregation, data]));
  // Of one row each, so that no number of the last window is kept for it.
  const metrics = Array.from(onePerKind.values(), (data) => data.select([0]));
  const { startTimeUnixNano, timeUnixNano, resource, labels } = snapshot;
  const small = new TakenSnapshot({ state, metrics, startTimeUnixNano, timeUnixNano, resource, labels });
  const points = metrics.map((data) => data.point(0));
  const distributions = points.flatMap((point) => ('bounds' in point ? [point.total, point.delta] : []));
  return [small, small.points[Symbol.iterator](), ...points, ...distributions];
}
