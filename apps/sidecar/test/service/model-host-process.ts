import { createInMemoryModelHost } from '@forecache/adapters';
import { startModelHost } from '../../src/service/start-model-host.js';

/** A model host in a process of its own, for the tests that kill it. Prints its address when it is ready. */
const [, , address = ''] = process.argv;
const server = await startModelHost({
  host: createInMemoryModelHost(),
  listen: [address],
  maxRuns: 8,
  maxMessageBytes: 2 ** 20,
  shutdownGraceMs: 100,
});
process.stdout.write(`${JSON.stringify({ addresses: server.addresses })}\n`);
