import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** NodeTally is what a node says in the end. */
export interface NodeTally {
  readonly instance: string;
  readonly messages: number;
  readonly undelivered: number;
}

/**
 * runNodes runs nodes at the same time, each a process of its own with an instance id of its own.
 *
 * @throws Error when one fails
 */
export function runNodes(options: {
  readonly nodes: number;
  readonly rounds: number;
  readonly gatewayUrl: string;
}): Promise<readonly NodeTally[]> {
  const ids = Array.from({ length: options.nodes }, (_, i) => `node-${i + 1}-${process.pid}`);
  return Promise.all(ids.map((instance) => runNode(instance, options)));
}

async function runNode(
  instance: string,
  { rounds, gatewayUrl }: { readonly rounds: number; readonly gatewayUrl: string },
): Promise<NodeTally> {
  const program = join(import.meta.dirname, 'node.ts');
  const child = spawn(process.execPath, ['--conditions=@pqcnet/source', program, String(rounds)], {
    env: {
      ...process.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: gatewayUrl,
      OTEL_RESOURCE_ATTRIBUTES: `service.instance.id=${instance}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [exitCode]] = await Promise.all([
    text(child.stdout),
    once(child, 'close') as Promise<[unknown]>,
  ]);
  if (exitCode !== 0) throw new Error(`${instance} ended with ${String(exitCode)}`);
  return { instance, ...(JSON.parse(output) as Omit<NodeTally, 'instance'>) };
}
