/** The part of a stream that a screen needs; `isTTY` when it is a terminal. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const redrawMs = 100;

/** LiveScreen draws text over the text it drew before, at most ten times a second. */
export class LiveScreen {
  readonly #screen: Screen;
  #drawnLines = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** The width of a line. */
  get columns(): number {
    return this.#screen.columns || 120; // a terminal may say 0 when it does not know
  }

  /** Draws soon; calls until then are one drawing. Nothing when it is no terminal: that gets the last state only. */
  schedule(draw: () => readonly string[]): void {
    if (this.#screen.isTTY !== true || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#draw(draw(), (this.#screen.rows || 25) - 1);
    }, redrawMs);
  }

  /** Draws the last state, whole. */
  finish(draw: () => readonly string[]): void {
    clearTimeout(this.#timer);
    this.#draw(draw(), Number.POSITIVE_INFINITY);
  }

  #draw(lines: readonly string[], maxLines: number): void {
    const hidden = lines.length - maxLines;
    const all = hidden > 0 ? [...lines.slice(0, maxLines - 1), `… ${hidden + 1} more line(s)`] : lines;
    // A line that wraps would be two to go back over.
    const shown = this.#screen.isTTY === true ? all.map((line) => line.slice(0, this.columns)) : all;
    const back = this.#drawnLines === 0 ? '' : `\u001B[${this.#drawnLines}A\r\u001B[J`;
    this.#screen.write(`${back}${shown.join('\n')}\n`);
    this.#drawnLines = this.#screen.isTTY === true ? shown.length : 0;
  }
}
