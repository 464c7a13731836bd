#!/usr/bin/env node
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { createOutput } from './command-line/output.js';
import { createProgram } from './command-line/program.js';
import { runCommandLine } from './command-line/run-command-line.js';
import { readVersion } from './command-line/version.js';
import { exitWithParent } from './processes/exit-with-parent.js';

exitWithParent({
  pid: process.pid,
  stdin: process.stdin,
  env: process.env,
  kill: process.kill.bind(process),
  exit: process.exit.bind(process),
});
// Every gRPC failure reaches the user as one of our own errors; the library's own lines would say it twice.
if (process.env['GRPC_VERBOSITY'] === undefined) setLogVerbosity(logVerbosity.NONE);
const output = createOutput(process);
const program = createProgram(output, readVersion());
process.exitCode = await runCommandLine(program, process.argv.slice(2), output);
