import { ForecastError } from '@forecache/core';
import { CommanderError, type Command } from 'commander';
import { messageOf } from '../error-message.js';
import { Interrupted } from './interruption.js';
import type { Output } from './output.js';

/** Exit codes of `forecache`; a signal gives 128 + its number. */
export const EXIT = Object.freeze({ ok: 0, failure: 1, usage: 2 });

/** Runs one command line and says with which code the process should exit. Errors are one line each. */
export async function runCommandLine(
  program: Command,
  args: readonly string[],
  output: Output,
): Promise<number> {
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    return report(error, output);
  }
}

function report(error: unknown, output: Output): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof Interrupted) {
    output.note(error.message);
    return error.exitCode;
  }
  output.note(`error: ${messageOf(error)}`);
  const isUsage = error instanceof ForecastError && error.code === 'invalid-argument';
  return isUsage ? EXIT.usage : EXIT.failure;
}
