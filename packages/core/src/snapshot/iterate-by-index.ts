/** iterateByIndex goes through what is read by index, from 0 on. Written out, since V8 is much slower with a generator. */
export function iterateByIndex<T>(length: number, at: (index: number) => T): Iterator<T, undefined> {
  let index = 0;
  return {
    next(): IteratorResult<T, undefined> {
      if (index >= length) return { done: true, value: undefined };
      const value = at(index);
      index += 1;
      return { done: false, value };
    },
  };
}
