import { afterEach } from 'vitest';
import { startedProcesses } from '../run/running-process.ts';

/** When a test fails, what the receivers said is half of the reason. */
afterEach(({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const { title, output } of startedProcesses()) {
    console.log(`── ${title} said, at the end:\n${output.slice(-4000)}`);
  }
});
