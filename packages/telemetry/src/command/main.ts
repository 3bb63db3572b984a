import manifest from '../../package.json' with { type: 'json' };
import { check } from './check.ts';
import { help, readArguments } from './read-arguments.ts';

const options = readArguments(process.argv.slice(2));
process.stdout.on('error', () => process.exit()); // the reader of the pipe has gone
if (options === 'help') {
  process.stdout.write(help);
} else if (options === 'version') {
  process.stdout.write(`${manifest.version}\n`);
} else if ('problem' in options) {
  process.stderr.write(`${options.problem}\nTry --help.\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await check(options, process.stdout);
}
