import type { Attributes } from '../attributes.ts';
import { mayBeAttributes } from './copy-attributes.ts';

/**
 * mergeAttributes puts two sets together, those of the second winning, as they are now. It never throws: what is no set
 * of attributes stays what it is, and what can't be read makes what can't be read, so that `copyAttributes` tells.
 */
export function mergeAttributes(first: Attributes, second: Attributes): Attributes {
  try {
    if (!mayBeAttributes(first)) return first;
    if (!mayBeAttributes(second)) return second;
    const merged: Attributes = { ...first, ...second };
    return merged;
  } catch (error) {
    return {
      get unreadable(): never {
        throw error;
      },
    };
  }
}
