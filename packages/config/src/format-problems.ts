import type { ConfigProblem } from './config-error.ts';
import { escapeControls } from './show-value.ts';

/** formatProblems writes problems for a terminal: one paragraph each, `file:line:column` first. */
export function formatProblems(problems: readonly ConfigProblem[], file: string | undefined): string {
  const name = file === undefined ? 'the configuration' : escapeControls(file);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const paragraphs = problems.map((problem) => formatProblem(problem, file === undefined ? undefined : name));
  return [`${count} in ${name}`, ...paragraphs].join('\n\n');
}

function formatProblem(problem: ConfigProblem, file: string | undefined): string {
  const heading = [placeOf(problem, file), problem.path].filter((part) => part !== '').join('  ');
  const lines = heading === '' ? [] : [`  ${heading}`];
  if (problem.found !== undefined) lines.push(...wrap('    found     ', problem.found));
  lines.push(...wrap('    expected  ', problem.expected));
  return lines.join('\n');
}

const widest = 100;

function wrap(label: string, text: string): string[] {
  const lines: string[] = [];
  let line = label;
  for (const word of text.split(' ')) {
    if (line.length + word.length > widest && line.length > label.length) {
      lines.push(line.trimEnd());
      line = ' '.repeat(label.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

function placeOf(problem: ConfigProblem, file: string | undefined): string {
  if (problem.line === undefined) return '';
  const position = problem.column === undefined ? `${problem.line}` : `${problem.line}:${problem.column}`;
  return file === undefined ? `line ${position}` : `${file}:${position}`;
}
