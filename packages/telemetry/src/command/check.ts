import { adviseOn } from './advise.ts';
import { describeFound, describePlan, describeProbed } from './describe-report.ts';
import { readConfiguration } from './read-configuration.ts';
import type { CheckOptions } from './read-arguments.ts';

const longestProbeMs = 30_000;

/** check reads a configuration, tells what holds, sends a probe and tells what became of it. Gives the exit code. */
export async function check(
  options: CheckOptions,
  output: { write(text: string): unknown },
): Promise<number> {
  const say = (lines: readonly string[]): void => {
    if (!options.json) output.write(`${lines.join('\n')}\n`);
  };
  const { usable, ...found } = await readConfiguration(options.file);
  say(describeFound(found));
  let exitCode = usable === undefined ? 1 : 0;
  let probed;
  if (usable !== undefined && options.probe && !usable.config.disabled) {
    const { config, probe } = usable;
    say(describePlan(config));
    const report = await probe.send(options.timeoutMs ?? Math.min(config.timeoutMs, longestProbeMs));
    probed = { ...report, advice: adviseOn(report, config) };
    say(describeProbed(probed));
    if (report.outcome !== 'accepted') exitCode = 3;
  }
  if (options.json) output.write(`${JSON.stringify({ exitCode, ...found, probe: probed }, undefined, 2)}\n`);
  return exitCode;
}
