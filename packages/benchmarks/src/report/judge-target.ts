import { type Contender, type Measure, type Target, ours, peer } from '../row.ts';

/** Verdict is how ours compares, and whether that is what it must. */
export interface Verdict {
  /** The peer's median divided by ours; undefined when one of them is missing or 0. */
  readonly ratio: number | undefined;
  /** Undefined when nothing is asked. */
  readonly isMet: boolean | undefined;
}

/** judge compares the medians of a measure with its target. */
export function judge({ figures, target }: Pick<Measure, 'figures' | 'target'>): Verdict {
  const medianOf = (contender: Contender): number | undefined =>
    figures.find((figure) => figure.contender === contender)?.summary.median;
  const own = medianOf(ours);
  const others = medianOf(peer);
  const ratio = own === undefined || others === undefined || own <= 0 ? undefined : others / own;
  if (own === undefined || target === undefined) return { ratio, isMet: undefined };
  switch (target.kind) {
    case 'times':
      return { ratio, isMet: others === undefined ? undefined : others >= own * target.atLeast };
    case 'share':
      return { ratio, isMet: others === undefined ? undefined : own <= others * target.atMost };
    case 'multiple': {
      const other = medianOf(target.of);
      return { ratio, isMet: other === undefined ? undefined : own <= other * target.atMost };
    }
    case 'limit':
      return { ratio, isMet: own <= target.atMost };
    case 'above-idle': {
      const idle = medianOf('idle process');
      return { ratio, isMet: idle === undefined ? undefined : own - idle <= target.atMost };
    }
  }
}

/** describeTarget says a target in a few signs. */
export function describeTarget(target: Target | undefined, unit: Measure['unit']): string {
  if (target === undefined) return '';
  const base = unit.replace(/\/.*/, '');
  switch (target.kind) {
    case 'times':
      return `≥ ${target.atLeast} ×${target.aim === undefined ? '' : ` (aim ${target.aim})`}`;
    case 'share':
      return `≤ ${Math.round(target.atMost * 100)} %`;
    case 'multiple':
      return `≤ ${target.atMost} × ${target.of}${target.aim === undefined ? '' : ` (aim ${target.aim})`}`;
    case 'limit':
      return `≤ ${target.atMost} ${base}`;
    case 'above-idle':
      return `≤ idle + ${target.atMost} ${base}`;
  }
}
