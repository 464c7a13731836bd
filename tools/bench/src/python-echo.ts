import { fileURLToPath } from 'node:url';
import { startLineProcess } from './line-process.js';

const SCRIPT = fileURLToPath(new URL('../python/echo.py', import.meta.url));

/** The Python grpcio echo: its client process measures its own round trips to its server process. */
export interface PythonEcho {
  readonly grpcio: string;
  /** Microseconds of one round trip of `bytes` bytes. */
  roundTripUs(bytes: number, isStream: boolean): Promise<number>;
  close(): Promise<void>;
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
    async close() {
      await client.stop();
      await server.stop();
    },
  };
}
