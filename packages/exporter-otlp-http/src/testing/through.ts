/** through gives what reads like an object, but for some properties. */
export function through<T extends object>(target: T, instead: Partial<T>): T {
  // Not the target itself, which may be frozen: a proxy may say nothing else of it then.
  return new Proxy(Object.create(null) as T, {
    get: (_, key) => {
      if (Object.hasOwn(instead, key)) return instead[key as keyof T];
      const value = Reflect.get(target, key, target) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
