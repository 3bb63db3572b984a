import { describe, expect, test } from 'vitest';
import { boundCounterCase } from './bound-counter.ts';
import { boundExponentialLatencyCase, boundLatencyCase } from './bound-latency.ts';
import { counterByNameCase } from './counter-by-name.ts';
import { fiveAttributesCase, twoAttributesCase } from './counter-with-attributes.ts';
import { firstRecordCase } from './first-record.ts';
import { latencyByNameCase } from './latency-by-name.ts';
import { latencyWithAttributesCase } from './latency-with-attributes.ts';
import { megamorphicAttributesCase, megamorphicCounterCase } from './megamorphic.ts';
import { mixedDistributionsCase } from './mixed-distributions.ts';
import type { RecordingCase } from './recorder.ts';

const cases: readonly (readonly [string, () => RecordingCase | undefined])[] = [
  ['bound counters', () => boundCounterCase(64)],
  ['many bound counters', () => boundCounterCase(1000)],
  ['a counter by name', () => counterByNameCase(1)],
  ['counters by name', () => counterByNameCase(64)],
  ['counters with two attributes', twoAttributesCase],
  ['counters with five attributes', fiveAttributesCase],
  ['bound latencies', boundLatencyCase],
  ['bound exponential latencies', boundExponentialLatencyCase],
  ['latencies by name', () => latencyByNameCase(64)],
  ['latencies with two attributes', latencyWithAttributesCase],
  ['bound counters in disguise', megamorphicCounterCase],
  ['attributes of many shapes', megamorphicAttributesCase],
  ['latencies and histograms of all kinds', mixedDistributionsCase],
];

describe.each(cases)('with %s', (_, make) => {
  test('all contenders hold what was recorded', async () => {
    const recording = make();
    for (const recorder of recording?.recorders ?? []) {
      recorder.record(20_000);
      recorder.record(1);
      recorder.record(777);
      const { contender } = recorder;
      const tally = recording?.tallyAfter(20_778);
      expect({ contender, tally: await recorder.tally() }).toEqual({ contender, tally });
    }
  });
});

test('a first record is the first of its series, again in each round', async () => {
  for (const recorder of firstRecordCase().recorders) {
    for (let round = 0; round < 2; round += 1) {
      recorder.prepare?.(500);
      recorder.record(500);
      const { contender } = recorder;
      expect({ contender, tally: await recorder.tally() }).toEqual({ contender, tally: [500] });
    }
  }
});
