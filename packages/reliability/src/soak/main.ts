import { usage, readOptions } from './read-options.ts';
import { type Progress, runSoak } from './run-soak.ts';

const options = readOptions(process.argv.slice(2), Math.random);
if (options === 'help') {
  process.stdout.write(usage);
} else if ('wrong' in options) {
  process.stderr.write(`${options.wrong}\n\n${usage}`);
  process.exitCode = 1;
} else {
  const { minutes, temporality, protocol, series, seed } = options;
  print(
    `soak: ${minutes} min, ${temporality}, ${protocol}, ${series} series, seed ${seed}, Node ${process.version}`,
  );
  const findings = await runSoak(options, (progress) => print(describe(progress)));
  for (const { isGood, text } of findings) print(`${isGood ? 'good' : 'WRONG'}  ${text}`);
  const isGood = findings.every((finding) => finding.isGood);
  print(isGood ? 'verdict: everything adds up' : 'verdict: WRONG');
  process.exitCode = isGood ? 0 : 1;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function describe({
  seconds,
  records,
  seriesMade,
  series,
  flushes,
  account,
  collected,
  process: taken,
  wrong,
}: Progress): string {
  const failed = [...flushes.failed].map(([code, count]) => `${code} ${count}`).join(', ');
  const { recorded, accepted, pending, rejected, dropped, unattributed } = account;
  const { p50, p99, max } = taken.delayMs;
  return [
    `${seconds.toFixed(0).padStart(5)} s  ${(records / 1e6).toFixed(1)} M records to ${seriesMade} series, ${series} of them there now`,
    `flushes ${flushes.good} good; ${failed || 'none failed'}`,
    `recorded ${recorded} = accepted ${accepted} + pending ${pending} + rejected ${rejected} + dropped ${dropped} + unattributed ${unattributed}`,
    `collector ${collected}`,
    `RSS ${taken.rssMiB.toFixed(0)} MiB, heap after collection ${taken.heapMiB.toFixed(1)} + ${taken.externalMiB.toFixed(1)} MiB`,
    `event-loop delay p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, max ${max.toFixed(0)} ms`,
    ...wrong.map(({ text }) => `WRONG ${text}`),
  ].join('\n         ');
}
