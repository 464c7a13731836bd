import { byteLength, createCacheClient, type TensorType } from '@forecache/adapters';
import { openBenchRun, type BenchRun, type Transfer } from './bench-run.js';
import type { BenchSidecar } from './bench-sidecar.js';
import { interleave, type Contender } from './interleave.js';
import type { PythonEcho } from './python-echo.js';
import type { Section } from './report.js';

const MAX_MESSAGE_BYTES = 2 ** 27;

const SIZES: readonly (readonly [string, number])[] = [
  ['64 KB', 64 * 2 ** 10],
  ['512 KB', 512 * 2 ** 10],
  ['4 MB', 4 * 2 ** 20],
  ['28 MB', 28 * 2 ** 20],
];

/** The features that are sent, by model name: a bfloat16 and a float32 tensor of each size. */
export const FEATURES: ReadonlyMap<string, TensorType> = new Map(
  SIZES.flatMap(([label, bytes]): [string, TensorType][] => [
    [`${label} bfloat16`, { dtype: 'bfloat16', shape: [bytes / 2 / 64, 64] }],
    [`${label} float32`, { dtype: 'float32', shape: [bytes / 4 / 64, 64] }],
  ]),
);

/** Feature calls of one size against a copy of the same bytes and the Python echo of the same bytes. */
export async function benchFeature(
  sidecar: BenchSidecar,
  echo: PythonEcho,
  { model, rounds }: { readonly model: string; readonly rounds: number },
): Promise<Section> {
  const feature = FEATURES.get(model);
  if (feature === undefined) throw new Error(`no feature ${model}`);
  const bytes = byteLength(feature);
  const client = createCacheClient({
    address: sidecar.unixAddress,
    maxMessageBytes: MAX_MESSAGE_BYTES,
  });
  const runs: BenchRun[] = [];
  const open = async (transfer: Transfer) => {
    const run = await openBenchRun(client, model, { feature, transfer });
    runs.push(run);
    return run;
  };
  const [shared, inline] = [await open('shared'), await open('inline')];
  const [from, to] = [Buffer.alloc(bytes, 1), Buffer.alloc(bytes)];
  const contenders: Contender[] = [
    { name: 'memcpy of the same bytes', bytes, run: () => void from.copy(to) },
    { name: 'store a true feature, shared memory', bytes, run: () => shared.append() },
    { name: 'forecast (order 2), shared memory', bytes, run: () => shared.forecast() },
    { name: 'store a true feature, inline', bytes, run: () => inline.append() },
    { name: 'forecast (order 2), inline', bytes, run: () => inline.forecast() },
    {
      name: 'Python grpcio echo (there and back), unary',
      bytes,
      run: () => echo.roundTripUs(bytes, false),
    },
  ];
  const timings = await interleave(contenders, { rounds, warmup: 3 });
  for (const run of runs) await run.close();
  client.close();
  return {
    title: `Feature calls, ${model}`,
    note:
      'One client and one sidecar process on one Unix socket, one feature call a message on a stream. A forecast reads ' +
      'three stored tensors, and its time ends when the result is in the shared file (or in the reply). The echo moves ' +
      'the bytes twice.',
    timings,
  };
}
