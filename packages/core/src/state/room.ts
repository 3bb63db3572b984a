/** room gives an array with room for so many numbers: the same one, or a larger one that holds what it held. */
export function room<T extends Float64Array | Int32Array | Uint32Array>(array: T, length: number): T {
  if (length <= array.length) return array;
  // Twice as large while that is little, half as large again beyond.
  const capacity = length < 4096 ? 2 * length : length + (length >> 1);
  const larger = new (array.constructor as new (length: number) => T)(capacity);
  larger.set(array);
  return larger;
}
