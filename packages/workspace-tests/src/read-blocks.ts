/** Block is a fenced block of a Markdown text. */
export interface Block {
  /** The first word behind the fence, such as `ts`. */
  readonly language: string;
  /** Whether the fence says `runs`: the block is a whole program that runs in the tests. */
  readonly runs: boolean;
  /** The line of the fence, from 1. */
  readonly line: number;
  readonly text: string;
}

/** readBlocks finds the fenced blocks of a Markdown text. */
export function readBlocks(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\w*)([^\n]*)\n(.*?)^```$/gms)].map((match) => {
    const [, language = '', rest = '', text = ''] = match;
    const line = markdown.slice(0, match.index).split('\n').length;
    return { language, runs: rest.trim() === 'runs', line, text };
  });
}
