import type { RolldownOptions } from 'rolldown';
import { bundle } from '../../rolldown.shared.ts';

const config: RolldownOptions = bundle({
  folder: import.meta.dirname,
  entry: 'index',
  splitsLateImports: true,
});

export default config;
