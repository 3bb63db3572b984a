import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { entries, type Entry, root } from './entries.ts';

// Compares what the packages export, as they are built, with the reports in api/, and fails when they differ. With
// `--update` it writes the reports anew.

const MOST_LINES = 40;
const updates = process.argv.includes('--update');
const reports = resolve(import.meta.dirname, '../api');
const unread = join(import.meta.dirname, '../.api');

for (const folder of [reports, unread]) mkdirSync(folder, { recursive: true });
let changed = 0;
for (const entry of entries) {
  const before = readReport(entry);
  const { apiReportChanged, errorCount } = writeReport(entry);
  if (errorCount > 0 || (apiReportChanged && !updates)) {
    changed += 1;
    console.error(`${entry.title}: the public API is not what api/${entry.report}.api.md says`);
    printDifference(before, readFileSync(join(unread, `${entry.report}.api.md`), 'utf8'));
  }
}
if (changed > 0) {
  console.error(
    '\nIf the change is meant: npx -y pnpm@12 api --update, and say in a changeset what users must do.',
  );
  process.exitCode = 1;
} else {
  console.log(`${entries.length} reports ${updates ? 'written' : 'hold'}`);
}

function readReport({ report }: Entry): string {
  const path = join(reports, `${report}.api.md`);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function writeReport({ folder, declarations, report, isMain }: Entry): ReturnType<typeof Extractor.invoke> {
  const none = { logLevel: ExtractorLogLevel.None };
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, folder, 'package.json'),
    configObject: {
      projectFolder: join(root, folder),
      newlineKind: 'lf',
      mainEntryPointFilePath: join(root, folder, declarations),
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2024',
            lib: ['es2024', 'esnext.disposable'],
            module: 'nodenext',
            strict: true,
            skipLibCheck: true,
            types: ['node'],
          },
          files: [join(root, folder, declarations)],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: report,
        reportFolder: reports,
        reportTempFolder: unread,
        // Types that exported ones are made of are seen, too, once: a package's further ways in show their own names.
        includeForgottenExports: isMain,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Error },
          'ae-missing-release-tag': none,
          'ae-undocumented': none,
          'ae-forgotten-export': none,
          'ae-unresolved-link': none,
        },
        tsdocMessageReporting: { default: none },
      },
    },
  });
  return Extractor.invoke(config, {
    localBuild: updates,
    // That a report changed is told below, with the lines that did.
    messageCallback(message) {
      const isOther = message.messageId !== 'console-api-report-not-copied';
      if (isOther && message.logLevel === ExtractorLogLevel.Error) console.error(message.text);
      message.handled = true;
    },
  });
}

function printDifference(before: string, now: string): void {
  const [old, fresh] = [before.split('\n'), now.split('\n')];
  const removed = old.filter((line) => !fresh.includes(line)).map((line) => `  - ${line}`);
  const added = fresh.filter((line) => !old.includes(line)).map((line) => `  + ${line}`);
  const lines = [...removed, ...added];
  console.error(lines.slice(0, MOST_LINES).join('\n'));
  if (lines.length > MOST_LINES) console.error(`  and ${lines.length - MOST_LINES} more lines`);
}
