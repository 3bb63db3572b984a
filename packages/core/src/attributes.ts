/** AttributeValue is what an attribute or label can hold. A bigint must fit a signed 64-bit integer. */
export type AttributeValue = string | boolean | number | bigint;

/**
 * Attributes tell one series of a metric from another. Their order does not matter; `1`, `'1'` and `true` differ. An object
 * that an `interface` types is given as `{ ...object }`, since an interface can get members of any type elsewhere.
 */
export interface Attributes {
  readonly [key: string]: AttributeValue;
}
