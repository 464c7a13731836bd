import { createProgram } from '../src/command-line/program.js';
import { runCommandLine } from '../src/command-line/run-command-line.js';
import type { Output } from '../src/command-line/output.js';

/** How a command line ended and what it wrote, without a process of its own. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line of the whole program. */
export async function runInProcess(...args: string[]): Promise<Ran> {
  const printed: string[] = [];
  const noted: string[] = [];
  const output: Output = {
    print: (text) => printed.push(text),
    note: (text) => noted.push(text),
    warn: (text) => noted.push(`warning: ${text}`),
    progressStream: null,
  };
  const code = await runCommandLine(createProgram(output, '0.0.0'), args, output);
  return { code, out: printed.join('\n'), err: noted.join('\n') };
}

/** What a command printed as JSON. */
export async function runJson<T>(...args: string[]): Promise<T> {
  const { code, out, err } = await runInProcess(...args, '--json');
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as T;
}
