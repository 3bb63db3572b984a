import { Writable } from 'node:stream';
import { StatsD } from 'hot-shots';
import type { Tally } from '../record/recorder.ts';

/** StatsdSink is what a hot-shots client sends to: it takes packets as fast as anything can, and holds on to them. */
class StatsdSink extends Writable {
  packets: string[] = [];

  override _write(packet: Buffer, _encoding: string, done: () => void): void {
    this.packets.push(packet.toString('latin1'));
    done();
  }
}

/** Statsd is a hot-shots client that sends packets as large as go through most networks, and what became of its calls. */
export interface Statsd {
  readonly client: StatsD;
  /** Lets go of all that was sent. */
  forget(): void;
  /** The sum of the counts that were sent. */
  sum(): Tally;
  /** How many times were sent, and their sum. */
  times(): Tally;
}

export function makeStatsd(): Statsd {
  const sink = new StatsdSink();
  const client = new StatsD({
    protocol: 'stream',
    stream: sink,
    maxBufferSize: 1432,
    // Sent when full, and when asked to.
    bufferFlushInterval: 2 ** 30,
    includeDatadogTelemetry: false,
  });
  const values = (): number[] => {
    client.flush();
    const lines = sink.packets.join('').split('\n');
    return lines.filter((line) => line !== '').map((line) => Number(line.split(/[:|]/, 2)[1]));
  };
  return {
    client,
    forget() {
      client.flush();
      sink.packets = [];
    },
    sum: () => [sumOf(values())],
    times() {
      const all = values();
      return [all.length, sumOf(all)];
    },
  };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
