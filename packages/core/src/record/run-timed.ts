/**
 * runTimed runs a function and says when it is done: for one that returns a promise, when that settles. What it returns
 * or throws passes through.
 */
export function runTimed<T>(run: () => T, done: () => unknown): T {
  let returned: T;
  try {
    returned = run();
  } catch (error) {
    done();
    throw error;
  }
  if (!isPromiseLike(returned)) {
    done();
    return returned;
  }
  return returned.then(
    (value) => {
      done();
      return value;
    },
    (error: unknown) => {
      done();
      throw error;
    },
  ) as T;
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
