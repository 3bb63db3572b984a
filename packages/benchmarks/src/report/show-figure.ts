import type { Summary } from '../measure/summarize.ts';
import type { Unit } from '../row.ts';

/** showFigure shows a median with the middle 80 % of the rounds: `7.04 ns (6.23–11.1)`. */
export function showFigure({ median, p10, p90 }: Summary, unit: Unit): string {
  const scale = scaleFor(Math.max(Math.abs(median), Math.abs(p10), Math.abs(p90)), unit);
  const shown = `${showNumber(median / scale.divisor)} ${scale.name}`;
  const [low, high] = [showNumber(p10 / scale.divisor), showNumber(p90 / scale.divisor)];
  return low === high ? shown : `${shown} (${low}–${high})`;
}

/** showNumber shows three digits that count. */
function showNumber(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** showRatio shows how many times ours is better; a dash where there is nothing to divide. */
export function showRatio(ratio: number | undefined): string {
  if (ratio === undefined) return '–';
  return `${ratio >= 100 ? ratio.toFixed(0) : Number(ratio.toPrecision(ratio < 1 ? 2 : 3))} ×`;
}

function scaleFor(largest: number, unit: Unit): { readonly divisor: number; readonly name: string } {
  if (unit === 'B' && largest >= 1e6) return { divisor: 1e6, name: 'MB' };
  if (unit === 'B' && largest >= 1e4) return { divisor: 1e3, name: 'kB' };
  if (unit === 'ns' && largest >= 1e4) return { divisor: 1e3, name: 'µs' };
  if (unit === 'ms' && largest > 0 && largest < 1) return { divisor: 1e-3, name: 'µs' };
  return { divisor: 1, name: unit.replace(/\/.*/, '') };
}
