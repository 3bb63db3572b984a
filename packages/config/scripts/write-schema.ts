// Writes what is generated from the settings: the JSON Schema of the TOML file, and the README's reference.
import { readFile, writeFile } from 'node:fs/promises';

import { generateJsonSchema } from '../src/generate-json-schema.ts';
import { replaceReference } from '../src/generate-reference.ts';

const schema = new URL('../telemetry.schema.json', import.meta.url);
await writeFile(schema, `${JSON.stringify(generateJsonSchema(), undefined, 2)}\n`);

const readme = new URL('../README.md', import.meta.url);
await writeFile(readme, replaceReference(await readFile(readme, 'utf8')));
