import type { RunningProcess } from './running-process.ts';

/** Server is a receiver that runs on loopback, with a folder of its own that goes with it. */
export interface Server extends AsyncDisposable {
  readonly url: string;
  readonly process: RunningProcess;
}

/** isAnswering says whether a URL answers with success. */
export async function isAnswering(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
  await response.arrayBuffer();
  return response.ok;
}
