import type { Measure, RowResult } from '../row.ts';
import type { Circumstances } from './describe-machine.ts';
import { type Verdict, judge } from './judge-target.ts';

/** BenchmarkReport is what `--json` prints. */
export interface BenchmarkReport {
  readonly circumstances: Circumstances;
  readonly rows: readonly (Omit<RowResult, 'measures'> & {
    readonly measures?: readonly (Measure & Verdict)[];
  })[];
}

/** toReport adds to each measure what came of it. */
export function toReport(results: readonly RowResult[], circumstances: Circumstances): BenchmarkReport {
  return {
    circumstances,
    rows: results.map((result) =>
      'measures' in result
        ? { ...result, measures: result.measures.map((measure) => ({ ...measure, ...judge(measure) })) }
        : result,
    ),
  };
}
