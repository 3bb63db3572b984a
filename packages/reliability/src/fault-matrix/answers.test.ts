import type { ScriptStep } from '@pqcnet/telemetry-test-collector';
import { describe, expect, it } from 'vitest';
import { everyWay, type Fault, type Outcome, playFault } from '../testing/play-fault.ts';
import { Rig } from '../testing/rig.ts';

/** A fault that is one scripted answer. */
function answered(outcome: Outcome, code: string, step: ScriptStep, says?: string): Fault {
  return {
    outcome,
    code,
    httpStatus: 'status' in step && step.status !== undefined ? step.status : 200,
    ...(says === undefined ? {} : { says }),
    stage: (rig) => {
      rig.collector.script([step]);
      return rig.failToFlush();
    },
  };
}

const statuses = (outcome: Outcome, ...list: number[]): [string, Fault][] =>
  list.map((status) => [
    `an answer of ${status}`,
    answered(
      outcome,
      'HTTP_STATUS',
      { do: 'answer', status, message: 'so it is' },
      `HTTP ${status}: so it is`,
    ),
  ]);

const faults: readonly [string, Fault][] = [
  ...statuses('ambiguous', 429, 502, 503, 504),
  ...statuses('refused', 401, 403, 404, 405, 407),
  ...statuses('rejected', 400, 408, 422, 500, 501),
  [
    'a partial success that rejects some points',
    answered(
      'partial',
      'PARTIAL_SUCCESS',
      { do: 'partial-success', rejected: 2, message: 'too old' },
      'too old',
    ),
  ],
  [
    'a web page with 200',
    answered('rejected', 'RESPONSE_NOT_OTLP', { do: 'html', status: 200, store: false }),
  ],
  [
    'another type with 200',
    answered('rejected', 'RESPONSE_NOT_OTLP', {
      do: 'answer',
      status: 200,
      store: false,
      body: 'pong',
      headers: { 'content-type': 'text/plain' },
    }),
  ],
];

describe.each(everyWay)('%s windows as %s', (temporality, protocol) => {
  it.each(faults)('are accounted for and sent again as they should after %s', async (_title, fault) => {
    await using rig = await Rig.start({ temporality, protocol });
    await playFault(rig, temporality, fault);
  });
});

describe.each(everyWay)('%s windows as %s', (temporality, protocol) => {
  it.each<[string, ScriptStep, RegExp | undefined]>([
    ['no body', { do: 'answer', status: 200, body: '' }, undefined],
    ['204', { do: 'answer', status: 204 }, undefined],
    ['202', { do: 'answer', status: 202 }, undefined],
    ['bytes that are no answer, under the type asked for', { do: 'garbage' }, /can't be decoded/],
    [
      'a partial success that rejects nothing',
      { do: 'partial-success', rejected: 0, message: 'old' },
      /^old$/,
    ],
  ])('are accepted with %s, with a warning where there is one', async (_title, step, warning) => {
    await using rig = await Rig.start({ temporality, protocol });
    rig.collector.script([step]);
    const first = rig.workload.recordRound();
    const result = await rig.telemetry.flush();
    const warnings = warning === undefined ? [] : [expect.stringMatching(warning)];
    expect(result).toMatchObject({ ok: true, value: { warnings } });
    rig.checkAccount({ accepted: first });
    rig.workload.recordRound();
    await rig.deliver();
    rig.checkAccount({ accepted: rig.workload.recorded });
    rig.checkCollectedAll();
    rig.collector.assertScriptConsumed();
  });

  it('are not sent again after a partial success, whose number of rejected points is reported', async () => {
    await using rig = await Rig.start({ temporality, protocol });
    rig.collector.script([{ do: 'partial-success', rejected: 2, message: 'too old' }]);
    const recorded = rig.workload.recordRound();
    const { error } = await rig.failToFlush();
    expect(error).toMatchObject({ code: 'PARTIAL_SUCCESS', rejectedDataPoints: 2, attempts: 1 });
    rig.checkAccount({ unattributed: recorded });
    await rig.deliver();
    // A running total that is accepted whole heals what was in doubt.
    rig.checkAccount(temporality === 'delta' ? { unattributed: recorded } : { accepted: recorded });
  });

  it('are known to be rejected, as deltas, when a partial success rejects every point', async () => {
    await using rig = await Rig.start({ temporality, protocol });
    rig.collector.script([{ do: 'partial-success', rejected: 1_000_000, store: false }]);
    const recorded = rig.workload.recordRound();
    const { error } = await rig.failToFlush();
    const points = rig.workload.series.length + 1; // and a gauge
    expect(error).toMatchObject({ code: 'PARTIAL_SUCCESS', rejectedDataPoints: points, kept: false });
    rig.checkAccount(temporality === 'delta' ? { rejected: recorded } : { unattributed: recorded });
    await rig.deliver();
    if (temporality === 'delta') rig.checkAccount({ rejected: recorded });
    else rig.checkCollectedAll();
  });
});
