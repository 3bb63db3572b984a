/** ExposedSample is a line of Prometheus' text format. */
export interface ExposedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

/** readExposition asks a URL for metrics in Prometheus' text format, as a scrape does. */
export async function readExposition(url: string): Promise<readonly ExposedSample[]> {
  const response = await fetch(url);
  return (await response.text())
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
      return { name, value, labels: Object.fromEntries(pairs.map(([, key = '', text = '']) => [key, text])) };
    });
}
