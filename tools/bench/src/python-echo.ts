import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../python/echo.py', import.meta.url));

/** The Python grpcio echo: its client process measures its own round trips to its server process. */
export interface PythonEcho {
  readonly grpcio: string;
  /** Microseconds of one round trip of `bytes` bytes. */
  roundTripUs(bytes: number, isStream: boolean): Promise<number>;
  close(): void;
}

/** Starts a server and a client process of the Python echo on one address. */
export async function startPythonEcho(python: string, address: string): Promise<PythonEcho> {
  const server = startLineProcess(python, [SCRIPT, 'serve', '--listen', address]);
  const ready = JSON.parse(await server.nextLine()) as { grpcio: string };
  const client = startLineProcess(python, [SCRIPT, 'measure', '--address', address]);
  return {
    grpcio: ready.grpcio,
    async roundTripUs(bytes, isStream) {
      client.write(JSON.stringify({ bytes, stream: isStream }));
      return (JSON.parse(await client.nextLine()) as { us: number }).us;
    },
    close() {
      client.stop();
      server.stop();
    },
  };
}

interface LineProcess {
  nextLine(): Promise<string>;
  write(line: string): void;
  stop(): void;
}

function startLineProcess(program: string, args: readonly string[]): LineProcess {
  const child: ChildProcess = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  if (!child.stdin || !child.stdout) throw new Error(`${program} has no pipes`);
  const { stdin } = child;
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async nextLine() {
      const line = await lines.next();
      if (line.done) throw new Error(`${program} ${args.join(' ')} ended without an answer`);
      return line.value;
    },
    write: (line) => void stdin.write(`${line}\n`),
    stop: () => void stdin.end(),
  };
}
