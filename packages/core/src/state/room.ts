/** room gives an array with room for so many numbers: the same one, or a larger one that holds what it held. */
export function room<T extends Float64Array | Int32Array>(array: T, length: number): T {
  if (length <= array.length) return array;
  // Twice as large while that is little, half as large again beyond.
  const capacity = length < 4096 ? 2 * length : length + (length >> 1);
  const larger = (array instanceof Float64Array ? new Float64Array(capacity) : new Int32Array(capacity)) as T;
  larger.set(array);
  return larger;
}
