/** A collector in a process of its own, told what to do over IPC. */
import { TestCollector } from '@pqcnet/telemetry-test-collector';
import type { Command } from './collector-process.ts';
import { randomFaults, seededRandom } from './random-fault.ts';
import { SumBook } from './sum-book.ts';

let failingShare = 0;
const book = new SumBook();
// The book remembers what counts; a request is let go of as soon as it is in.
const collector = await TestCollector.start({ limits: { maxRequests: 1 } });
let failed = 0;
let requests = 0;
collector.onRequest((request) => {
  requests += 1;
  if (request.step !== undefined) failed += 1;
  book.take(request);
});

process.on('disconnect', () => void collector.close());
process.on('message', (command: Command) => {
  if (command.do === 'fail') {
    failingShare = command.share;
    const random = seededRandom(command.seed);
    collector.script(randomFaults(random, () => failingShare));
  }
  process.send?.({ url: collector.url, requests, failed, ...book.sums() });
});
process.send?.({ url: collector.url, requests, failed, ...book.sums() });
