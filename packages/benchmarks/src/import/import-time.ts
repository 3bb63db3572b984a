import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { makeRandom, shuffle } from '../measure/shuffle.ts';
import { quantile, summarize } from '../measure/summarize.ts';
import type { Contender, Effort, Measure, Row } from '../row.ts';

const run = promisify(execFile);

interface Imported {
  readonly contender: Contender;
  readonly modules: readonly string[];
}

interface Times {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** The time from the start of a Node process to the end of its imports, and the CPU time that it took. */
async function timeImports(modules: readonly string[]): Promise<Times> {
  const imports = modules.map((module) => `import ${JSON.stringify(module)};`).join('\n');
  const report =
    'const { user, system } = process.cpuUsage();\n' +
    'console.log(JSON.stringify({ wallMs: performance.now(), cpuMs: (user + system) / 1000 }));';
  const { stdout } = await run(
    process.execPath,
    ['--input-type=module', '--eval', `${imports}\n${report}`],
    // Where the modules are found from.
    { cwd: import.meta.dirname },
  );
  return JSON.parse(stdout) as Times;
}

async function compareImports(imported: readonly Imported[], atLeast: number, effort: Effort) {
  const bare: Times[] = [];
  const times = imported.map(() => [] as Times[]);
  const runs: (() => Promise<void>)[] = [
    async () => void bare.push(await timeImports([])),
    ...imported.map(
      ({ modules }, i) =>
        async () =>
          void times[i]?.push(await timeImports(modules)),
    ),
  ];
  const random = makeRandom(1);
  for (const each of runs) await each();
  bare.length = 0;
  for (const each of times) each.length = 0;
  for (let repetition = 0; repetition < Math.min(15, effort.repetitions); repetition += 1) {
    for (const each of shuffle([...runs], random)) await each();
  }
  const above = (what: keyof Times): Measure['figures'] => {
    const floor = quantile(
      bare.map((each) => each[what]).toSorted((a, b) => a - b),
      0.5,
    );
    return imported.map(({ contender }, i) => ({
      contender,
      summary: summarize((times[i] ?? []).map((each) => each[what] - floor)),
    }));
  };
  return [
    {
      what: 'CPU above bare Node',
      unit: 'ms',
      figures: above('cpuMs'),
      target: { kind: 'times', atLeast },
    },
    { what: 'wall time above bare Node', unit: 'ms', figures: above('wallMs') },
  ] satisfies Measure[];
}

const peers: readonly Imported[] = [
  {
    contender: 'OpenTelemetry JS',
    modules: ['@opentelemetry/sdk-metrics', '@opentelemetry/exporter-metrics-otlp-http'],
  },
  { contender: 'prom-client', modules: ['prom-client'] },
];

export const importRows: readonly Row[] = [
  {
    id: 'import-meta-package',
    group: 'import',
    title: "import '@pqcnet/telemetry'",
    run: (effort) =>
      compareImports(
        [{ contender: '@pqcnet/telemetry', modules: [import.meta.resolve('@pqcnet/telemetry')] }, ...peers],
        2,
        effort,
      ),
  },
  {
    id: 'import-core-and-exporter',
    group: 'import',
    title: 'import core and exporter',
    run: (effort) =>
      compareImports(
        [
          {
            contender: '@pqcnet/telemetry',
            modules: ['@pqcnet/telemetry-core', '@pqcnet/telemetry-exporter-otlp-http'],
          },
          ...peers,
        ],
        6,
        effort,
      ),
  },
];
