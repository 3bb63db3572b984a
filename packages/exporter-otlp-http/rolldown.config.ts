import type { RolldownOptions } from 'rolldown';
import { bundle } from '../../rolldown.shared.ts';

const folder = import.meta.dirname;

const config: RolldownOptions[] = [
  bundle({ folder, entry: 'index', splitsLateImports: true }),
  // A program of its own, which shares no file with the package: its one file is read while a process waits to die.
  bundle({ folder, entry: 'post-from-stdin', splitsLateImports: false }),
];

export default config;
