import { readFileSync } from 'node:fs';
import type { Plugin, RolldownOptions } from 'rolldown';
import { bundle } from '../../rolldown.shared.ts';

const folder = import.meta.dirname;
const index = bundle({ folder, entry: 'index', splitsLateImports: true });

// Editors look for it in node_modules, where a strict package manager puts only what the program itself depends on.
const copySchema: Plugin = {
  name: 'copy-schema',
  generateBundle() {
    const source = readFileSync(`${folder}/../config/telemetry.schema.json`, 'utf8');
    this.emitFile({ type: 'asset', fileName: 'telemetry.schema.json', source });
  },
};

const config: RolldownOptions[] = [
  { ...index, plugins: [index.plugins, copySchema] },
  // The command, which programs that import the package never load.
  bundle({ folder, entry: 'command/main', splitsLateImports: false }),
];

export default config;
