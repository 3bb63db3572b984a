import { makeRandom } from '../measure/shuffle.ts';

/** RequestValues are the attribute values of a service's requests, call by call: a few hundred combinations. */
export interface RequestValues {
  readonly chains: readonly string[];
  readonly methods: readonly string[];
  readonly regions: readonly string[];
  readonly statuses: readonly number[];
  readonly cached: readonly boolean[];
}

const calls = 16_384;

/** makeRequestValues gives columns of values: a program's own objects are made of them anew at each call. */
export function makeRequestValues(): RequestValues {
  const random = makeRandom(5);
  const chains = ['base', 'polygon', 'arbitrum', 'optimism', 'solana', 'near', 'gnosis', 'scroll'];
  const regions = ['eu-central', 'us-east', 'ap-south'];
  const pick = <T>(values: readonly T[]): T[] =>
    Array.from({ length: calls }, () => values[random() % values.length] as T);
  const picked = pick(chains);
  return {
    chains: picked,
    methods: pick(Array.from({ length: 16 }, (_, i) => `rpc.method.${i}`)),
    // Each chain is served from one region, so that the series stay below the limit of 2000 that both have.
    regions: picked.map((chain) => regions[chains.indexOf(chain) % regions.length] as string),
    statuses: pick([200, 200, 200, 400, 404, 500]),
    cached: pick([true, false]),
  };
}
