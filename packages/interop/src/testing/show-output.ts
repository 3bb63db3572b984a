import { afterEach } from 'vitest';
import { takeStartedProcesses } from '../run/running-process.ts';

/** When a test fails, what the receivers said is half of the reason. */
afterEach(({ task }) => {
  const processes = takeStartedProcesses();
  if (task.result?.state !== 'fail') return;
  for (const { title, output } of processes) {
    console.log(`── ${title} said, at the end:\n${output.slice(-4000)}`);
  }
});
