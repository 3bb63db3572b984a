/** collectGarbage collects all garbage; the process must run with --expose-gc. */
export function collectGarbage(): void {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('expected a process with --expose-gc');
  // A second time for what finalizers and weak references let go of.
  gc();
  gc();
}
