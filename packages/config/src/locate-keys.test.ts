import fc from 'fast-check';
import { parse, stringify } from 'smol-toml';
import { expect, test } from 'vitest';

import { locateKeys } from './locate-keys.ts';

const text = `# telemetry.labels = "not here"
top = 1
[telemetry]
endpoint = "a # no comment \\" = [" # endpoint = 1
note = """
flush-interval-ms = 1
[telemetry.labels] \\""""
literal = '''
key = 'x' ''''
  flush-interval-ms=500
bounds = [ 1, # one, [two]
  { a = "]" }, 'x,y',
  3 ]
"quoted key" = 1
'it''s' . b = 2
[ telemetry . "labels" ]
a.b.c = 1979-05-27 07:32:00Z
inline = { x = 1, "y.z" = { w = [[ 5 ]] }, v.u = 2 }
[[list]]
name = "first"
[[list]]
name = "second"
[list.sub]
k = 1
[late.child]
x = 1
[late]
y = 1
`.replace(`'it''s' . b`, `"it's" . b`);

test.each<[path: (string | number)[], line: number, column: number]>([
  [['top'], 2, 1],
  [['telemetry'], 3, 1],
  [['telemetry', 'endpoint'], 4, 1],
  [['telemetry', 'flush-interval-ms'], 10, 3],
  [['telemetry', 'bounds'], 11, 1],
  [['telemetry', 'bounds', 0], 11, 12],
  [['telemetry', 'bounds', 1, 'a'], 12, 5],
  [['telemetry', 'bounds', 2], 12, 16],
  [['telemetry', 'bounds', 3], 13, 3],
  [['telemetry', 'quoted key'], 14, 1],
  [['telemetry', "it's", 'b'], 15, 1],
  [['telemetry', 'labels'], 16, 1],
  [['telemetry', 'labels', 'a', 'b', 'c'], 17, 1],
  [['telemetry', 'labels', 'inline', 'x'], 18, 12],
  [['telemetry', 'labels', 'inline', 'y.z', 'w'], 18, 29],
  [['telemetry', 'labels', 'inline', 'y.z', 'w', 0, 0], 18, 36],
  [['telemetry', 'labels', 'inline', 'v', 'u'], 18, 44],
  [['list', 0, 'name'], 20, 1],
  [['list', 1, 'name'], 22, 1],
  [['list', 1, 'sub', 'k'], 24, 1],
  [['late'], 27, 1],
  [['late', 'child'], 25, 1],
])('finds %j', (path, line, column) => {
  expect(parse(text)).toBeDefined();
  expect(locateKeys(text)(path)).toEqual({ line, column });
});

test('gives the nearest table above a key that is not there', () => {
  expect(locateKeys(text)(['telemetry', 'labels', 'nothing'])).toEqual({ line: 16, column: 1 });
  expect(locateKeys(text)(['nothing'])).toBe(undefined);
});

test.each(['\r\n', '\n'])('counts lines that end in %j', (end) => {
  expect(locateKeys(`\uFEFF# a${end}[t]${end}k = """${end}x${end}"""${end}z = 1`)(['t', 'z'])).toEqual({
    line: 6,
    column: 1,
  });
});

test('finds every key of any document', () => {
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string(), { maxLength: 3 }));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.dictionary(fc.string({ maxLength: 8 }), fc.oneof({ depthSize: 'small' }, scalar, tie('tree')), {
      maxKeys: 4,
      noNullPrototype: false,
    }),
  }));
  fc.assert(
    fc.property(tree, (document) => {
      const written = stringify(document);
      const lines = written.split('\n');
      const locate = locateKeys(written);
      for (const { path, leaf } of leavesOf(parse(written), [])) {
        const position = locate(path);
        const line = lines[(position?.line ?? 0) - 1]?.slice((position?.column ?? 0) - 1) ?? '';
        if (leaf) expect(Object.keys(parse(`${line.slice(0, keyEnd(line))} = 0`))).toEqual([path.at(-1)]);
        else expect(position).toBeDefined();
      }
    }),
    { numRuns: 200 },
  );
});

function keyEnd(line: string): number {
  return /^(?:"(?:[^"\\]|\\.)*"|[A-Za-z0-9_-]+)/.exec(line)?.[0].length ?? 0;
}

function* leavesOf(table: object, above: string[]): Generator<{ path: string[]; leaf: boolean }> {
  for (const [key, value] of Object.entries<unknown>({ ...table })) {
    const path = [...above, key];
    const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
    yield { path, leaf: !isTable };
    if (isTable) yield* leavesOf(value, path);
  }
}
