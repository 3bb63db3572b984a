/** freezeMap makes a Map read-only for its callers: what would change it throws a TypeError, like a frozen object. */
export function freezeMap<K, V>(map: Map<K, V>): ReadonlyMap<K, V> {
  for (const method of ['set', 'delete', 'clear']) {
    Object.defineProperty(map, method, {
      value: () => {
        throw new TypeError('A telemetry configuration is frozen: its Maps cannot be changed.');
      },
    });
  }
  // Else JSON.stringify would show a Map as {}.
  Object.defineProperty(map, 'toJSON', { value: () => Object.fromEntries(map) });
  return Object.freeze(map);
}
