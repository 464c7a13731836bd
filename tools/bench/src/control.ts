import { createCacheClient, type CacheClient, type CacheRun } from '@forecache/adapters';
import { RUN } from './bench-run.js';
import { SITE, type BenchSidecar } from './bench-sidecar.js';
import { interleave, timeOnce, type Contender } from './interleave.js';
import type { PythonEcho } from './python-echo.js';
import type { Section } from './report.js';

/** Bytes of the echo's control message, about those of a decision. */
const CONTROL_BYTES = 200;

/** Round trips of one turn: a run's calls come in a row too. A turn's time is that of one round trip. */
const CALLS_A_TURN = 10;

/**
 * Control round trips without tensors: `Decide` (unary) and a feature call that is answered "compute it yourself"
 * (stream), over a Unix socket and TCP, against the Python echo of 200 bytes.
 */
export async function benchControl(
  sidecar: BenchSidecar,
  echo: PythonEcho,
  { model, rounds }: { readonly model: string; readonly rounds: number },
): Promise<Section> {
  const echoes = [true, false].map((isStream) => ({
    name: `Python grpcio echo, ${isStream ? 'stream' : 'unary'}, Unix socket`,
    bytes: 0,
    run: () => echo.roundTripUs(CONTROL_BYTES, isStream),
  }));
  const transports = [
    ['Unix socket', sidecar.unixAddress],
    ['TCP', sidecar.tcpAddress],
  ] as const;
  const clients: CacheClient[] = [];
  const contenders: Contender[] = [...echoes];
  for (const [label, address] of transports) {
    const client = createCacheClient({ address });
    clients.push(client);
    contenders.push(...controlCalls(label, await openControlRun(client, model)));
  }
  const timings = await interleave(contenders.map(inARow), { rounds, warmup: 10 });
  for (const client of clients) client.close();
  return {
    title: 'Control round trips',
    note: 'No tensor moves; ten round trips in a row are one turn, and its time is divided by ten. The sidecar answers from a compiled plan; the echo answers 200 bytes with the same bytes.',
    timings,
  };
}

function inARow({ name, bytes, run }: Contender): Contender {
  return {
    name,
    bytes,
    async run() {
      let us = 0;
      for (let call = 0; call < CALLS_A_TURN; call++) us += await timeOnce(run);
      return us / CALLS_A_TURN;
    },
  };
}

function openControlRun(client: CacheClient, model: string): Promise<CacheRun> {
  return client.openRun({
    mode: 'intercept',
    policy: { name: 'taylorseer', options: { interval: '2', order: '2' } },
    granularity: 'hidden',
    run: RUN,
    branches: [{ branch: 'joint', batch: 1, tensors: [] }],
    model,
    sharedBytes: 0,
    historyPlace: 'sidecar',
    client: 'bench',
  });
}

function controlCalls(label: string, run: CacheRun): readonly Contender[] {
  const stream = run.intercept();
  const key = { branch: 'joint', callIndex: 0 };
  const features = [{ site: SITE, value: { kind: 'none' }, output: null }] as const;
  return [
    {
      name: `sidecar, stream, ${label}`,
      bytes: 0,
      run: async () => void (await stream.call({ ...key, features })),
    },
    {
      name: `sidecar, unary, ${label}`,
      bytes: 0,
      run: async () => void (await run.decide({ ...key, scalars: {} })),
    },
  ];
}
