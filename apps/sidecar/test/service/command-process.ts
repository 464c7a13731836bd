import { Command } from 'commander';
import { registerModelHost } from '../../src/commands/model-host.js';
import { registerServe } from '../../src/commands/serve.js';

/** The two server commands in a process of their own, for the tests that stop them with signals. */
const program = new Command('forecache');
registerServe(program);
registerModelHost(program);
await program.parseAsync();
