import { afterGarbageRows, collectAndEncodeRows } from './flush/collect-and-encode.ts';
import { endToEndRows } from './flush/end-to-end.ts';
import { eventLoopDelayRows } from './flush/event-loop-delay.ts';
import { sliceRows } from './flush/slices.ts';
import { importRows } from './import/import-time.ts';
import { memoryRows } from './memory/heap-per-series.ts';
import { boundCounterRows } from './record/bound-counter.ts';
import { boundLatencyRows } from './record/bound-latency.ts';
import { counterByNameRows } from './record/counter-by-name.ts';
import { counterWithAttributesRows } from './record/counter-with-attributes.ts';
import { firstRecordRow } from './record/first-record.ts';
import { latencyByNameRows } from './record/latency-by-name.ts';
import { latencyWithAttributesRow } from './record/latency-with-attributes.ts';
import { megamorphicRows } from './record/megamorphic.ts';
import { mixedDistributionsRows } from './record/mixed-distributions.ts';
import type { Row } from './row.ts';
import { snapshotRows } from './snapshot/take-snapshot-rows.ts';
import { foldThreadsRows } from './threads/fold-threads.ts';
import { recordInWorkerRows } from './threads/record-in-worker.ts';

/** All rows, in the order of the table. */
export const rows: readonly Row[] = [
  ...boundCounterRows,
  ...counterByNameRows,
  ...counterWithAttributesRows,
  ...boundLatencyRows,
  ...latencyByNameRows,
  latencyWithAttributesRow,
  firstRecordRow,
  ...megamorphicRows,
  ...mixedDistributionsRows,
  ...recordInWorkerRows,
  ...foldThreadsRows,
  ...snapshotRows,
  ...memoryRows,
  ...collectAndEncodeRows,
  ...afterGarbageRows,
  ...endToEndRows,
  ...sliceRows,
  ...eventLoopDelayRows,
  ...importRows,
];
