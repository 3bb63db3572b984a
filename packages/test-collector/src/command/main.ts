import { codeOf, messageOf } from '../collector-error.ts';
import { help, readArguments } from './read-arguments.ts';
import { runCommand } from './run-command.ts';

const options = readArguments(process.argv.slice(2));
if (options === 'help') {
  process.stdout.write(help);
} else if ('problem' in options) {
  process.stderr.write(`${options.problem}\nTry --help.\n`);
  process.exitCode = 2;
} else {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort()); // a second one ends it at once
  process.once('SIGTERM', () => stop.abort());
  process.stdout.once('error', () => stop.abort()); // the reader of the pipe has gone
  try {
    await runCommand(options, { output: process.stdout, errors: process.stderr, stop: stop.signal });
  } catch (error) {
    const hint = codeOf(error) === 'ADDRESS_UNAVAILABLE' ? 'Choose another with --port.\n' : '';
    process.stderr.write(`${messageOf(error)}\n${hint}`);
    process.exitCode = 1;
  }
}
