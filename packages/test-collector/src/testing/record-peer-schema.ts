/**
 * Records the field table of the protobuf classes that `@opentelemetry/otlp-transformer` 0.200 was generated with from
 * the official .proto files, for the test of our schema:
 *
 *   npm pack @opentelemetry/otlp-transformer@0.200.0 && tar xzf opentelemetry-otlp-transformer-0.200.0.tgz
 *   node src/testing/record-peer-schema.ts package/build/esm/generated/root.js > src/testing/peer-schema.json
 *
 * The package itself is no dev dependency: it brings protobufjs, which has an install script.
 */
import { readFileSync } from 'node:fs';

const [path = 'root.js'] = process.argv.slice(2);
const source = readFileSync(path, 'utf8');
const recorded: Record<
  string,
  Record<string, readonly [number: number, type: string, repeated: boolean]>
> = {};

const decoders = source.matchAll(
  /new \$root\.([\w.]+)\(\);\s+while \(reader\.pos < end\) \{([\s\S]*?)\n\s+default:\s+reader\.skipType/g,
);
for (const [, message = '', body = ''] of decoders) {
  const fields: (typeof recorded)[string] = {};
  for (const [, number, statements = ''] of body.matchAll(/case (\d+): \{([\s\S]*?)break;/g)) {
    const assignment = /message\.(\w+)(?: = |\.push\()(?:reader\.(\w+)\(|\$root\.([\w.]+)\.decode\()/.exec(
      statements,
    );
    if (assignment === null) throw new Error(`can't read field ${number} of ${message}`);
    const [, name = '', scalar, type] = assignment;
    fields[name] = [Number(number), scalar ?? type ?? '', statements.includes('.push(')];
  }
  recorded[message] = fields;
}
process.stdout.write(`${JSON.stringify(recorded, undefined, 1)}\n`);
