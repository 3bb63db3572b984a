/** A process that listens and never takes a connection: told to stop (SIGSTOP), its kernel's queue soon is full. */
import { createServer } from 'node:net';

const port = Number(process.argv[2]);
createServer().listen({ port, host: '127.0.0.1', backlog: 1 }, () => process.send?.('listening'));
process.on('disconnect', () => process.exit());
