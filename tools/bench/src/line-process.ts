import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A child process that talks in lines and ends when its standard input closes. */
export interface LineProcess {
  nextLine(): Promise<string>;
  write(line: string): void;
  /** Closes standard input and resolves when the process is gone. */
  stop(): Promise<void>;
}

/** Starts a program whose standard output is read line by line; its log goes to our standard error. */
export function startLineProcess(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): LineProcess {
  const child: ChildProcess = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  if (!child.stdin || !child.stdout) throw new Error(`${program} has no pipes`);
  const { stdin } = child;
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    async nextLine() {
      const line = await lines.next();
      if (line.done) throw new Error(`${program} ${args.join(' ')} ended without an answer`);
      return line.value;
    },
    write: (line) => void stdin.write(`${line}\n`),
    stop() {
      stdin.end();
      return gone;
    },
  };
}
