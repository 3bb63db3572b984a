import { settings, type Setting } from './define-settings.ts';
import { kebabCase } from './name-key.ts';

/** referenceMarks stand in the README around what is generated. */
const referenceMarks = { start: '<!-- reference: start -->', end: '<!-- reference: end -->' } as const;

/** generateReference writes the table of all keys for the README, in Markdown. */
function generateReference(): string {
  const { scalars, tls, tables, metric } = settings();
  return [
    '| key in `[telemetry]` | what it is | what it must be | default |',
    '| --- | --- | --- | --- |',
    ...rows('', scalars),
    row('labels.KEY', tables.labels, settings().label),
    row('headers.NAME', tables.headers, settings().header),
    ...rows('tls.', tls),
    ...rows('metrics."NAME".', metric),
  ].join('\n');
}

/** replaceReference puts the generated table into the README. */
export function replaceReference(readme: string): string {
  const start = readme.indexOf(referenceMarks.start);
  const end = readme.indexOf(referenceMarks.end);
  if (start === -1 || end === -1) throw new Error('The README has no marks for the reference.');
  const head = readme.slice(0, start + referenceMarks.start.length);
  return `${head}\n${generateReference()}\n${readme.slice(end)}`;
}

function rows(prefix: string, definitions: object): string[] {
  return Object.entries<Setting<unknown>>({ ...definitions }).map(([name, setting]) =>
    row(`${prefix}${kebabCase(name)}`, setting.description, setting),
  );
}

function row<T>(key: string, description: string, setting: Setting<T>): string {
  const fallback =
    setting.fallback === undefined ? '–' : `\`${JSON.stringify(setting.fallback).replaceAll(',', ', ')}\``;
  return `| \`${key}\` | ${description} | ${setting.expected.replaceAll('|', String.raw`\|`)} | ${fallback} |`;
}
