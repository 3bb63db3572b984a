import { TelemetryHandle } from '@pqcnet/telemetry-core';
const mode = process.argv[2];
const exporter = {
  temporality: 'cumulative',
  async export(snapshot) {
    if (mode === 'null') return { status: 'accepted' };
    let s = 0,
      b = 0n;
    if (mode === 'iter')
      for (const p of snapshot.points) {
        s += p.total;
        b = p.startTimeUnixNano;
        if (p.series.metric === undefined) s++;
        if (p.type !== 'sum') s++;
      }
    if (mode === 'at')
      for (let i = 0; i < snapshot.points.length; i++) {
        const p = snapshot.points.at(i);
        s += p.total;
        b = p.startTimeUnixNano;
        if (p.series.metric === undefined) s++;
        if (p.type !== 'sum') s++;
      }
    globalThis.sink = [s, b];
    return { status: 'accepted' };
  },
};
const handle = new TelemetryHandle({ exporter, cardinalityLimit: 3000, labels: { a: 'b' } });
const bound = [];
for (let m = 0; m < 5; m++)
  for (let i = 0; i < 2000; i++)
    bound.push(handle.counter(`metric.${m}`, { attributes: { chain: `chain-${i % 50}`, shard: `s${i}` } }));
const med = (a) => a.toSorted((x, y) => x - y)[a.length >> 1];
const c = [];
for (let r = 0; r < 400; r++) {
  for (const b of bound) b.add(3);
  const u = process.cpuUsage();
  await handle.flush();
  const d = process.cpuUsage(u);
  if (r > 50) c.push((d.user + d.system) / 1000);
}
console.log(mode, med(c).toFixed(3), Math.min(...c).toFixed(3));
