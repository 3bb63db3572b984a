import { parse } from 'smol-toml';

import type { KeyPath } from './show-path.ts';

/** KeyPosition is where a key stands in the text; both count from 1, columns in UTF-16 units. */
interface KeyPosition {
  readonly line: number;
  readonly column: number;
}

/** KeyLocator finds a key, or the nearest table above it that is written down; undefined when there is none. */
export type KeyLocator = (path: KeyPath) => KeyPosition | undefined;

interface Node {
  position: KeyPosition | undefined;
  readonly children: Map<string, Node>;
  /** Whether this is an array of tables, written with [[…]]. */
  tables: boolean;
}

/**
 * locateKeys finds where each key stands. The text must be valid TOML: the parser has accepted it, so this reads
 * only as much of the grammar as it takes to tell keys from values, strings and comments.
 */
export function locateKeys(text: string): KeyLocator {
  const root = new KeyScanner(text).scanDocument();
  return (path) => {
    let node: Node | undefined = root;
    let position: KeyPosition | undefined;
    for (const part of path) {
      node = node.children.get(`${part}`);
      if (node === undefined) break;
      position = node.position ?? position;
    }
    return position;
  };
}

class KeyScanner {
  readonly #text: string;
  #offset = 0;
  #countedOffset = 0;
  #line = 1;
  #lineStart = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scanDocument(): Node {
    const root = newNode();
    let table = root;
    for (this.#skipBlank(); this.#offset < this.#text.length; this.#skipBlank()) {
      const position = this.#position();
      if (this.#take('[')) {
        const array = this.#take('[');
        table = descend(root, this.#scanKey(']'), position);
        if (array) {
          this.#take(']');
          table.tables = true;
          table = appendItem(table, position);
        }
      } else {
        this.#scanValue(descend(table, this.#scanKey('='), position));
      }
    }
    return root;
  }

  #scanValue(node: Node): void {
    this.#skipBlank();
    if (this.#take('[')) this.#scanItems(']', () => this.#scanValue(appendItem(node, this.#position())));
    else if (this.#take('{')) {
      this.#scanItems('}', () => {
        const position = this.#position();
        this.#scanValue(descend(node, this.#scanKey('='), position));
      });
    } else if (!this.#skipString()) this.#skipWhile(/[^,\]}#\r\n]/y);
  }

  #scanItems(end: string, scanItem: () => void): void {
    for (this.#skipBlank(); this.#offset < this.#text.length && !this.#take(end); this.#skipBlank()) {
      if (!this.#take(',')) scanItem();
    }
  }

  /** Reads a key of one or more parts and the mark that ends it. */
  #scanKey(end: string): string[] {
    const parts: string[] = [];
    while (this.#offset < this.#text.length && !this.#take(end)) {
      const start = this.#offset;
      if (this.#skipString()) parts.push(unquote(this.#text.slice(start, this.#offset)));
      else if (this.#skipWhile(/[A-Za-z0-9_-]/y)) parts.push(this.#text.slice(start, this.#offset));
      else this.#offset++;
    }
    return parts;
  }

  /** Steps over a string of any of the four kinds, if one starts here. */
  #skipString(): boolean {
    const quote = this.#text[this.#offset];
    if (quote !== '"' && quote !== "'") return false;
    const multiline = this.#text.startsWith(quote.repeat(3), this.#offset);
    const end = multiline ? quote.repeat(3) : quote;
    this.#offset += end.length;
    while (this.#offset < this.#text.length && !this.#text.startsWith(end, this.#offset)) {
      this.#offset += quote === '"' && this.#text[this.#offset] === '\\' ? 2 : 1;
    }
    this.#offset += end.length;
    // One or two quotes right before the closing three belong to the string.
    if (multiline) while (this.#text[this.#offset] === quote) this.#offset++;
    return true;
  }

  #skipBlank(): void {
    while (this.#skipWhile(/[\s\uFEFF]/y) || (this.#text[this.#offset] === '#' && this.#skipWhile(/[^\n]/y)));
  }

  #skipWhile(pattern: RegExp): boolean {
    const start = this.#offset;
    for (pattern.lastIndex = start; pattern.test(this.#text);) this.#offset = pattern.lastIndex;
    return this.#offset > start;
  }

  #take(mark: string): boolean {
    const found = this.#text[this.#offset] === mark;
    if (found) this.#offset++;
    return found;
  }

  #position(): KeyPosition {
    for (; this.#countedOffset < this.#offset; this.#countedOffset++) {
      if (this.#text[this.#countedOffset] !== '\n') continue;
      this.#line++;
      this.#lineStart = this.#countedOffset + 1;
    }
    return { line: this.#line, column: this.#offset - this.#lineStart + 1 };
  }
}

function newNode(): Node {
  return { position: undefined, children: new Map(), tables: false };
}

function descend(from: Node, path: readonly string[], position: KeyPosition): Node {
  let node = from;
  for (const [index, part] of path.entries()) {
    // A path through an array of tables means its last one.
    if (node.tables) node = node.children.get(`${node.children.size - 1}`) ?? node;
    const child = node.children.get(part) ?? newNode();
    node.children.set(part, child);
    // A table's own header counts for more than one of a table below it that came first.
    if (index === path.length - 1 && !child.tables) child.position = position;
    child.position ??= position;
    node = child;
  }
  return node;
}

function appendItem(array: Node, position: KeyPosition): Node {
  const item = newNode();
  item.position = position;
  array.children.set(`${array.children.size}`, item);
  return item;
}

/** A quoted key is decoded by the parser itself, which knows every escape. */
function unquote(quoted: string): string {
  return Object.keys(parse(`${quoted} = 0`))[0] ?? '';
}
