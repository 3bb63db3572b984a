import { beforeEach, describe, expect, it } from 'vitest';
import type { ExportReport } from '../exporter.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { TelemetryHandle } from '../telemetry-handle.ts';
import { FakeProcess } from '../testing/fake-process.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { ScriptedExporter, failed } from '../testing/scripted-exporter.ts';
import { ExitHook } from './exit-hook.ts';
import { ExitHooks } from './exit-hooks.ts';
import type { FlushOnExitOptions } from './flush-on-exit-options.ts';

/** SyncExporter delivers synchronously, too, and remembers what and in how much time. */
class SyncExporter extends ScriptedExporter {
  readonly synchronous: { readonly total: bigint; readonly timeoutMs: number }[] = [];
  onExportSync: () => ExportReport = () => ({ status: 'accepted' });

  exportSync(snapshot: Snapshot, { timeoutMs }: { readonly timeoutMs: number }): ExportReport {
    this.synchronous.push({ total: snapshot.total('c'), timeoutMs });
    return this.onExportSync();
  }
}

let process: FakeProcess;
let exporter: SyncExporter;
let telemetry: TelemetryHandle;

beforeEach(() => {
  process = new FakeProcess();
  exporter = new SyncExporter();
  telemetry = new TelemetryHandle({ exporter });
  telemetry.recordCounter('c', 1);
});

function hookOn(options: FlushOnExitOptions = {}): () => void {
  return telemetry.flushOnExit({ process, ...options });
}

function sent(): readonly bigint[] {
  return exporter.snapshots.map((snapshot) => snapshot.total('c'));
}

/** The turns of the event loop that a flush without a socket takes. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** An export that is under way until it is told how it ended. */
function holdExport(of: ScriptedExporter = exporter): (report?: ExportReport) => void {
  const { promise, resolve } = Promise.withResolvers<ExportReport>();
  of.next(() => promise);
  return (report = { status: 'accepted' }) => resolve(report);
}

describe('a signal that nobody else listens to', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('has %s end the process after a shutdown', async (signal) => {
    hookOn();
    const accept = holdExport();
    process.emit(signal);
    await settle();
    expect(sent()).toEqual([1n]);
    expect(process.endedBy).toEqual([]);
    accept();
    await settle();
    expect(process.endedBy).toEqual([signal]);
    expect(process.listening).toEqual({});
    expect(telemetry.recordCounter('c', 1)).toMatchObject({ ok: false, error: { code: 'SHUT_DOWN' } });
  });

  it('is one of those that were asked for', async () => {
    hookOn({ signals: ['SIGHUP', 'SIGHUP'] });
    expect(process.emit('SIGTERM')).toBe(false);
    process.emit('SIGHUP');
    await settle();
    expect(process.endedBy).toEqual(['SIGHUP']);
  });

  it.each([
    ['SIGTERM', 'SIGTERM'],
    ['SIGTERM', 'SIGINT'],
  ] as const)('ends the process at once when %s is followed by %s', async (first, second) => {
    hookOn();
    holdExport();
    process.emit(first);
    await settle();
    process.emit(second);
    expect(process.endedBy).toEqual([second]);
  });

  it('ends the process although the flush fails', async () => {
    hookOn();
    exporter.next(failed('rejected'));
    process.emit('SIGTERM');
    await settle();
    expect(process.endedBy).toEqual(['SIGTERM']);
  });

  it('does not wait for a shutdown that was begun with more time', async () => {
    const clock = new ManualClock();
    const hooks = new ExitHooks(process, clock);
    holdExport();
    void telemetry.shutdown({ timeoutMs: 60_000 });
    hooks.add(
      new ExitHook(telemetry, {
        timeoutMs: 100,
        signals: ['SIGTERM'],
        atProcessExit: false,
        onFlushed: () => {},
      }),
    );
    process.emit('SIGTERM');
    clock.advance(599);
    await settle();
    expect(process.endedBy).toEqual([]);
    clock.advance(1);
    await settle();
    expect(process.endedBy).toEqual(['SIGTERM']);
  });
});

describe('a signal that someone else listens to', () => {
  it.each(['on', 'once'] as const)('has a flush, and leaves the rest to who listens %s', async (how) => {
    const seen: string[] = [];
    process[how]('SIGTERM', () => seen.push('host'));
    hookOn();
    process.emit('SIGTERM');
    await settle();
    expect(seen).toEqual(['host']);
    expect(sent()).toEqual([1n]);
    expect(process.endedBy).toEqual([]);
    expect(telemetry.recordCounter('c', 1)).toEqual({ ok: true });
  });

  it('has a flush each time', async () => {
    process.on('SIGTERM', () => {});
    hookOn();
    for (let time = 0; time < 2; time += 1) {
      process.emit('SIGTERM');
      await settle();
    }
    expect(sent()).toEqual([1n, 1n]);
  });

  it('ends the process the second time, if it was listened to once', async () => {
    process.once('SIGTERM', () => {});
    hookOn();
    process.emit('SIGTERM');
    await settle();
    process.emit('SIGTERM');
    await settle();
    expect(process.endedBy).toEqual(['SIGTERM']);
  });

  it('is any signal in the first process of a container, which none ends by itself', async () => {
    process.pid = 1;
    hookOn();
    process.emit('SIGTERM');
    await settle();
    expect(sent()).toEqual([1n]);
    expect(process.endedBy).toEqual([]);
    expect(telemetry.recordCounter('c', 1)).toEqual({ ok: true });
  });
});

describe('an event loop with nothing left to do', () => {
  it.each<readonly [string, ExportReport]>([
    ['succeeds', { status: 'accepted' }],
    ['fails', failed('rejected')],
  ])('has one flush, and no other when it %s', async (_, report) => {
    let flushes = 0;
    telemetry.onFlush(() => (flushes += 1));
    hookOn({ atProcessExit: true });
    exporter.next(report);
    for (let time = 0; time < 3; time += 1) {
      process.emit('beforeExit');
      await settle();
    }
    process.emit('exit');
    expect([flushes, sent(), exporter.synchronous, process.endedBy]).toEqual([1, [1n], [], []]);
  });

  it('has a flush that does not wait after an earlier failure', async () => {
    exporter.next(failed('not-delivered'));
    await telemetry.flush({ timeoutMs: 20 });
    hookOn();
    process.emit('beforeExit');
    await settle();
    expect(sent()).toEqual([1n, 1n]);
  });

  it('leaves nothing for the exit but what was recorded since', async () => {
    hookOn({ atProcessExit: true });
    process.emit('beforeExit');
    await settle();
    process.emit('exit');
    expect(exporter.synchronous).toEqual([]);
    telemetry.recordCounter('c', 1);
    process.emit('exit');
    expect(exporter.synchronous).toMatchObject([{ total: 2n }]);
  });
});

describe('an uncaught error', () => {
  it('has a synchronous flush, once', () => {
    hookOn({ timeoutMs: 300, atProcessExit: true });
    process.emit('uncaughtExceptionMonitor');
    expect(exporter.synchronous).toEqual([{ total: 1n, timeoutMs: 300 }]);
    process.emit('exit');
    expect(exporter.synchronous).toHaveLength(1);
  });

  it.each([
    ['a listener of the host', () => process.on('uncaughtException', () => {})],
    ['a callback of the host', () => (process.hasCaptureCallback = true)],
  ])('does not block a process that lives on by %s; its exit has the flush', (_, survive) => {
    survive();
    hookOn();
    process.emit('uncaughtExceptionMonitor');
    expect(exporter.synchronous).toEqual([]);
    process.emit('exit');
    expect(exporter.synchronous).toMatchObject([{ total: 1n }]);
  });

  it('has the data of a flush that is under way', async () => {
    hookOn();
    holdExport();
    void telemetry.flush();
    await settle();
    process.emit('uncaughtExceptionMonitor');
    expect(exporter.synchronous).toMatchObject([{ total: 1n }]);
  });

  it('stays the one that the process dies of', () => {
    telemetry.account = () => {
      throw new Error('broken');
    };
    hookOn();
    expect(() => process.emit('uncaughtExceptionMonitor')).not.toThrow();
  });

  it('has nothing when the exporter can not do it', () => {
    const plain = new TelemetryHandle({ exporter: new ScriptedExporter() });
    plain.flushOnExit({ process });
    plain.recordCounter('c', 1);
    expect(() => process.emit('uncaughtExceptionMonitor')).not.toThrow();
    expect(plain.account()).toMatchObject({ pending: 1n });
  });
});

describe('process.exit()', () => {
  it('has nothing unless it is asked for', () => {
    hookOn();
    process.emit('exit');
    expect(exporter.synchronous).toEqual([]);
    hookOn({ atProcessExit: true });
    process.emit('exit');
    expect(exporter.synchronous).toMatchObject([{ total: 1n, timeoutMs: 2000 }]);
  });

  it('has another attempt after a signal whose flush failed', async () => {
    process.on('SIGTERM', () => {});
    hookOn({ atProcessExit: true });
    exporter.next(failed('rejected'));
    process.emit('SIGTERM');
    await settle();
    process.emit('exit');
    expect(exporter.synchronous).toMatchObject([{ total: 1n }]);
  });
});

describe('several handles', () => {
  it('share one set of listeners, and are shut down side by side before the one signal', async () => {
    const handles = Array.from({ length: 20 }, () => {
      const itsExporter = new ScriptedExporter();
      const handle = new TelemetryHandle({ exporter: itsExporter });
      handle.recordCounter('c', 1);
      handle.flushOnExit({ process });
      return { handle, accept: holdExport(itsExporter), itsExporter };
    });
    const listening = { SIGTERM: 1, SIGINT: 1, beforeExit: 1, uncaughtExceptionMonitor: 1, exit: 1 };
    expect(process.listening).toEqual(listening);
    process.emit('SIGTERM');
    await settle();
    expect(handles.map(({ itsExporter }) => itsExporter.snapshots.length)).toEqual(handles.map(() => 1));
    for (const { accept } of handles.slice(1)) accept();
    await settle();
    expect([process.endedBy, process.listening]).toEqual([[], listening]);
    handles[0]?.accept();
    await settle();
    expect([process.endedBy, process.listening]).toEqual([['SIGTERM'], {}]);
  });

  it('have the signals that each asked for', async () => {
    hookOn({ signals: ['SIGHUP'] });
    const another = new TelemetryHandle({ exporter: new ScriptedExporter() });
    another.flushOnExit({ process, signals: ['SIGTERM'] });
    process.emit('SIGTERM');
    await settle();
    expect([process.endedBy, sent()]).toEqual([['SIGTERM'], []]);
    expect(another.recordCounter('c', 1).ok).toBe(false);
  });

  it('block a dying process no longer than one', () => {
    const clock = new ManualClock();
    const hooks = new ExitHooks(process, clock);
    exporter.onExportSync = () => {
      clock.advance(40);
      return { status: 'accepted' };
    };
    for (let count = 0; count < 5; count += 1) {
      const handle = new TelemetryHandle({ exporter });
      handle.recordCounter('c', 1);
      hooks.add(
        new ExitHook(handle, { timeoutMs: 100, signals: [], atProcessExit: false, onFlushed: () => {} }),
      );
    }
    process.emit('uncaughtExceptionMonitor');
    expect(exporter.synchronous.map(({ timeoutMs }) => timeoutMs)).toEqual([100, 60, 20]);
  });

  it('of two copies of this package end the process once, when both are done', async () => {
    const other = new ScriptedExporter();
    const otherTelemetry = new TelemetryHandle({ exporter: other });
    otherTelemetry.recordCounter('c', 1);
    hookOn();
    const anotherCopy = new ExitHooks(process, new ManualClock());
    const options = {
      timeoutMs: 100,
      signals: ['SIGTERM'],
      atProcessExit: false,
      onFlushed: () => {},
    } as const;
    anotherCopy.add(new ExitHook(otherTelemetry, options));
    const accept = holdExport(other);
    process.emit('SIGTERM');
    await settle();
    expect([sent(), other.snapshots.length, process.endedBy]).toEqual([[1n], 1, []]);
    accept();
    await settle();
    expect(process.endedBy).toEqual(['SIGTERM']);
  });
});

describe('the hook', () => {
  it('leaves nothing behind when it is taken off', () => {
    const takeOff = hookOn();
    const another = new TelemetryHandle({ exporter: new ScriptedExporter() });
    const takeOffAnother = another.flushOnExit({ process, signals: ['SIGTERM', 'SIGHUP'] });
    takeOff();
    expect(process.listening).not.toHaveProperty('SIGINT');
    expect(process.listening).toMatchObject({ SIGTERM: 1, SIGHUP: 1, beforeExit: 1 });
    takeOff();
    takeOffAnother();
    expect(process.listening).toEqual({});
  });

  it('leaves nothing behind after a shutdown, and is not put on again', async () => {
    hookOn();
    await telemetry.shutdown();
    expect(process.listening).toEqual({});
    hookOn();
    expect(process.listening).toEqual({});
  });

  it('is replaced by a later one', () => {
    const takeOff = hookOn();
    hookOn({ signals: ['SIGHUP'] });
    expect(process.listening).toEqual({ SIGHUP: 1, beforeExit: 1, uncaughtExceptionMonitor: 1, exit: 1 });
    takeOff();
    expect(process.listening).toHaveProperty('SIGHUP');
  });

  it.each([
    [{ timeoutMs: 0 }, 'timeoutMs'],
    [{ timeoutMs: 2 ** 31 }, 'timeoutMs'],
    [{ signals: ['SIGKILL'] }, 'SIGKILL'],
    [{ signals: ['SIGTREM'] }, 'SIGTREM'],
    [{ signals: 'SIGTERM' }, 'signals'],
    [{ atProcessExit: 1 }, 'atProcessExit'],
  ])('can not be %o', (options, message) => {
    expect(() => hookOn(options as unknown as FlushOnExitOptions)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining(message) }),
    );
    expect(process.listening).toEqual({});
  });
});
