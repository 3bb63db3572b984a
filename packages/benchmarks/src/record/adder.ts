/** Adder is anything that adds: what a program's own code makes of a bound counter. */
export interface Adder {
  add(delta: number): unknown;
}

class Direct implements Adder {
  readonly inner: Adder;
  constructor(inner: Adder) {
    this.inner = inner;
  }
  add(delta: number): unknown {
    return this.inner.add(delta);
  }
}

class Named implements Adder {
  readonly name = 'named';
  readonly inner: Adder;
  constructor(inner: Adder) {
    this.inner = inner;
  }
  add(delta: number): unknown {
    return this.inner.add(delta);
  }
}

class Counted implements Adder {
  calls = 0;
  readonly inner: Adder;
  constructor(inner: Adder) {
    this.inner = inner;
  }
  add(delta: number): unknown {
    this.calls += 1;
    return this.inner.add(delta);
  }
}

class Switched implements Adder {
  isOn = true;
  readonly inner: Adder;
  constructor(inner: Adder) {
    this.inner = inner;
  }
  add(delta: number): unknown {
    return this.isOn ? this.inner.add(delta) : undefined;
  }
}

class Last implements Adder {
  last = 0;
  readonly inner: Adder;
  constructor(inner: Adder) {
    this.inner = inner;
  }
  add(delta: number): unknown {
    this.last = delta;
    return this.inner.add(delta);
  }
}

const wrappers = [Direct, Named, Counted, Switched, Last];

/**
 * disguise gives adders of six classes in turn: the adder itself, or one of five wrappers around it. A call site that
 * sees them all is megamorphic.
 */
export function disguise(inner: Adder, index: number): Adder {
  const Wrapper = wrappers[index % 6];
  return Wrapper === undefined ? inner : new Wrapper(inner);
}
