/** Block is a fenced block of a Markdown text. */
export interface Block {
  /** The first word behind the fence, such as `ts`. */
  readonly language: string;
  /**
   * What the fence says behind the language: `runs` for a whole program that ends by itself, `serves` for one that
   * listens until it is ended. Both run in the tests.
   */
  readonly use: string;
  /** The line of the fence, from 1. */
  readonly line: number;
  readonly text: string;
}

/** readBlocks finds the fenced blocks of a Markdown text. */
export function readBlocks(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\w*)([^\n]*)\n(.*?)^```$/gms)].map((match) => {
    const [, language = '', rest = '', text = ''] = match;
    const line = markdown.slice(0, match.index).split('\n').length;
    return { language, use: rest.trim(), line, text };
  });
}
