import { type CollectedPoint, readCollectorFile } from '../read-back/read-collector-file.ts';
import { waitUntil } from '../run/wait-until.ts';

/** waitForPoints reads a Collector's file until what it holds is enough, and gives all of it. */
export function waitForPoints(
  file: string,
  isEnough: (points: readonly CollectedPoint[]) => boolean,
): Promise<readonly CollectedPoint[]> {
  let seen = 0;
  return waitUntil('for points in the file of the Collector', async () => {
    const points = await readCollectorFile(file);
    seen = points.length;
    return isEnough(points) && points;
  }).catch((cause: unknown) => {
    throw new Error(`not enough points in the file of the Collector: ${seen}`, { cause });
  });
}

/** keyOf is what makes a point that one: a second one with the same key is the same data, sent again. */
function keyOf({ resource, name, attributes, startTimeUnixNano, timeUnixNano }: CollectedPoint): string {
  const sorted = Object.entries(attributes).map(String).toSorted();
  return JSON.stringify([
    resource['service.instance.id'],
    name,
    sorted,
    String(startTimeUnixNano),
    String(timeUnixNano),
  ]);
}

/** withoutRepeats leaves out what was sent again: deltas of the same series and window. */
export function withoutRepeats(points: readonly CollectedPoint[]): readonly CollectedPoint[] {
  return [...new Map(points.map((point) => [keyOf(point), point])).values()];
}

/** sumOf adds up deltas, or the newest running total of each series. */
export function sumOf(points: readonly CollectedPoint[], name: string): bigint {
  const deltas = points.filter((point) => point.name === name && point.temporality === 'delta');
  const totals = points.filter((point) => point.name === name && point.temporality === 'cumulative');
  const newest = new Map<string, CollectedPoint>();
  for (const point of totals) {
    const series = JSON.stringify([
      point.resource['service.instance.id'],
      Object.entries(point.attributes).map(String),
    ]);
    const other = newest.get(series);
    if (other === undefined || other.timeUnixNano <= point.timeUnixNano) newest.set(series, point);
  }
  return [...deltas, ...newest.values()].reduce((sum, { value }) => sum + BigInt(value ?? 0), 0n);
}
