import type { AttributeValue } from '../attributes.ts';
import type { Pairs } from '../record/copy-attributes.ts';

/** So many sets of keys have an order of their own in a metric; beyond them the order is that of the alphabet. */
const mostOrders = 64;

/**
 * KeyOrders gives equal attributes the same order, whatever order they come in: that in which their set of keys came
 * first. Callers nearly always keep to one, and then nothing has to be sorted, and one path leads to each series.
 */
export class KeyOrders {
  readonly #orders: (readonly string[])[] = [];
  readonly #byKeySet = new Map<string, readonly string[]>();

  /** The pairs in the order of their set of keys; an order that is new is kept. */
  arrange(pairs: Pairs): Pairs {
    for (const order of this.#orders) if (isInOrder(pairs, order)) return pairs;
    const keys = keysOf(pairs);
    const sorted = keys.toSorted();
    const keySet = JSON.stringify(sorted);
    const known = this.#byKeySet.get(keySet);
    if (known !== undefined) return inOrder(pairs, known);
    if (this.#orders.length >= mostOrders) return inOrder(pairs, sorted);
    this.#orders.push(keys);
    this.#byKeySet.set(keySet, keys);
    return pairs;
  }
}

function keysOf(pairs: Pairs): readonly string[] {
  return pairs.filter((_, i) => i % 2 === 0) as readonly string[];
}

function isInOrder(pairs: Pairs, order: readonly string[]): boolean {
  if (pairs.length !== 2 * order.length) return false;
  for (let i = 0; i < order.length; i++) if (pairs[2 * i] !== order[i]) return false;
  return true;
}

function inOrder(pairs: Pairs, order: readonly string[]): Pairs {
  const valueOf = new Map<string, AttributeValue>();
  for (let i = 0; i < pairs.length; i += 2) valueOf.set(pairs[i] as string, pairs[i + 1] as AttributeValue);
  return order.flatMap((key) => [key, valueOf.get(key) as AttributeValue]);
}
