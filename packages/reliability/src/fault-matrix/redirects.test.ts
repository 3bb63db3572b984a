import { TestCollector } from '@pqcnet/telemetry-test-collector';
import { describe, expect, it } from 'vitest';
import { everyWay, playFault } from '../testing/play-fault.ts';
import { Rig } from '../testing/rig.ts';

describe.each(everyWay)('%s windows as %s', (temporality, protocol) => {
  it.each([301, 302, 303, 307, 308] as const)('are not led elsewhere by a %d', async (status) => {
    await using elsewhere = await TestCollector.start();
    const headers = { authorization: 'Bearer secret' };
    await using rig = await Rig.start({ temporality, protocol, config: { headers } });
    await playFault(rig, temporality, {
      outcome: 'rejected',
      code: 'HTTP_STATUS',
      httpStatus: status,
      says: 'redirects are not followed',
      stage: ({ collector }) => {
        collector.script([{ do: 'redirect', status, location: `${elsewhere.url}/v1/metrics` }]);
        return rig.failToFlush();
      },
    });
    expect(rig.collector.requests[0]?.headers.authorization).toBe('Bearer secret');
    expect(elsewhere.connections.opened).toBe(0);
  });
});
