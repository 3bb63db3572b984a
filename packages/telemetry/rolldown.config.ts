import type { RolldownOptions } from 'rolldown';
import { bundle } from '../../rolldown.shared.ts';

const folder = import.meta.dirname;

const config: RolldownOptions[] = [
  bundle({ folder, entry: 'index', splitsLateImports: true }),
  // The command, which programs that import the package never load.
  bundle({ folder, entry: 'command/main', splitsLateImports: false }),
];

export default config;
