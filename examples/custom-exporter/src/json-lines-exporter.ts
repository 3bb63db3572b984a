import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import {
  TelemetryError,
  type ExportOptions,
  type ExportOutcome,
  type Exporter,
  type Snapshot,
} from '@pqcnet/telemetry-core';
import { encodeOtlpJson } from '@pqcnet/telemetry-exporter-otlp-http';

/** AppendableFile is what the exporter needs of a file: the two methods of node:fs that it calls. */
export type AppendableFile = Pick<FileHandle, 'close'> & {
  write(bytes: Uint8Array, offset: number): Promise<{ readonly bytesWritten: number }>;
};

/** JsonLinesExporterOptions says where the lines go. */
export interface JsonLinesExporterOptions {
  readonly path: string;
  /** Opens the file for appending. Default: node:fs. */
  readonly openFile?: (path: string) => Promise<AppendableFile>;
}

/**
 * JsonLinesExporter appends every snapshot to a file as one line of OTLP JSON: what OTLP/HTTP would have sent as the
 * body of a request. `accepted` means that the operating system has the whole line; it is not forced to the disk.
 *
 * The codes of its errors: `FILE_FAILED` (the cause is that of node:fs) and `FILE_TOO_SLOW`.
 */
export class JsonLinesExporter implements Exporter {
  readonly temporality = 'cumulative';
  readonly #path: string;
  readonly #openFile: (path: string) => Promise<AppendableFile>;
  #file: AppendableFile | undefined = undefined;
  #endsInMidLine = false;
  #appending: Promise<ExportOutcome> | undefined = undefined;

  constructor({ path, openFile = (file) => open(file, 'a') }: JsonLinesExporterOptions) {
    this.#path = path;
    this.#openFile = openFile;
  }

  async export(snapshot: Snapshot, { signal }: ExportOptions): Promise<ExportOutcome> {
    if (signal.aborted || this.#appending !== undefined) {
      return { status: 'not-delivered', error: this.#tooSlow('an earlier line is still being written') };
    }
    let line: Uint8Array;
    try {
      line = encodeOtlpJson(snapshot);
    } catch (cause) {
      return { status: 'rejected', error: cause as TelemetryError };
    }
    this.#appending = this.#append(line).finally(() => {
      this.#appending = undefined;
    });
    // Node can't take back a write that is under way, so the deadline leaves it behind.
    return Promise.race([this.#appending, this.#expiry(signal)]);
  }

  async shutdown(): Promise<void> {
    await this.#appending;
    await this.#file?.close();
  }

  async #append(line: Uint8Array): Promise<ExportOutcome> {
    const bytes = Buffer.concat([Buffer.from(this.#endsInMidLine ? '\n' : ''), line, Buffer.from('\n')]);
    let written = 0;
    try {
      this.#file ??= await this.#openFile(this.#path);
      while (written < bytes.byteLength) {
        const { bytesWritten } = await this.#file.write(bytes, written);
        written += bytesWritten;
      }
      this.#endsInMidLine = false;
      return { status: 'accepted' };
    } catch (cause) {
      this.#endsInMidLine ||= written > 0;
      const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
      const error = new TelemetryError('FILE_FAILED', `can't write to ${this.#path}: ${reason}`, { cause });
      return { status: written === 0 ? 'not-delivered' : 'ambiguous', error };
    }
  }

  async #expiry(signal: AbortSignal): Promise<ExportOutcome> {
    await once(signal, 'abort');
    return { status: 'ambiguous', error: this.#tooSlow('the line was not written in time') };
  }

  #tooSlow(what: string): TelemetryError {
    return new TelemetryError('FILE_TOO_SLOW', `${what} to ${this.#path}`);
  }
}
