import {
  byteLength,
  openSharedFile,
  withBatch,
  type CacheClient,
  type CacheRun,
  type FeatureAnswer,
  type PlacedTensor,
  type SharedRegion,
  type TensorType,
} from '@forecache/adapters';
import { SITE } from './bench-sidecar.js';

/** Calls of a benchmark run: a true feature at the even ones and a forecast at the odd ones. */
export const RUN_CALLS = 2_000;

/** Description of such a run: timesteps fall from 1 towards 0. */
export const RUN = {
  steps: RUN_CALLS,
  calls: RUN_CALLS,
  timesteps: Array.from({ length: RUN_CALLS }, (_, call) => 1 - call / RUN_CALLS),
  sigmas: [],
  network: null,
};

/** One run that stores a true feature and then forecasts, over and over. */
export interface BenchRun {
  /** Sends the next true feature: an upload of the whole tensor. */
  append(): Promise<void>;
  /** Asks for the next forecast (order 2) and waits until its bytes are where the client wants them. */
  forecast(): Promise<void>;
  close(): Promise<void>;
}

/** Where a benchmark run's tensors travel. */
export type Transfer = 'inline' | 'shared';

/** Opens a TaylorSeer run (interval 2, order 2) on a model of `startBenchSidecar` and fills its history. */
export async function openBenchRun(
  client: CacheClient,
  model: string,
  { feature, transfer }: { readonly feature: TensorType; readonly transfer: Transfer },
): Promise<BenchRun> {
  const type = withBatch(feature, 1);
  const size = byteLength(type);
  const run = await client.openRun({
    mode: 'intercept',
    policy: { name: 'taylorseer', options: { interval: '2', order: '2', warmup: '3' } },
    granularity: 'hidden',
    run: RUN,
    branches: [{ branch: 'joint', batch: 1, tensors: [] }],
    model,
    sharedBytes: transfer === 'shared' ? 2 * size : 0,
    historyPlace: 'sidecar',
    client: 'bench',
  });
  const route = transfer === 'shared' ? sharedRoute(run, size) : inlineRoute(size);
  return driveRun(run, type, route);
}

interface Route {
  /** Puts the feature's bytes where `computed` says they are. */
  place(type: TensorType): PlacedTensor;
  readonly output: SharedRegion | null;
  close(): void;
}

function inlineRoute(size: number): Route {
  const bytes = new Uint8Array(size);
  return { place: (type) => ({ ...type, place: 'inline', bytes }), output: null, close: () => {} };
}

function sharedRoute(run: CacheRun, size: number): Route {
  const file = openSharedFile(run.sharedDirectory, run.sharedName);
  const region = (offset: number) => ({ name: run.sharedName, offset, byteLength: size });
  const [input, output] = [region(0), region(size)];
  const bytes = new Uint8Array(size);
  return {
    place(type) {
      file.write(input, bytes);
      return { ...type, place: 'region', region: input };
    },
    output,
    close: () => file.close(),
  };
}

async function driveRun(run: CacheRun, type: TensorType, route: Route): Promise<BenchRun> {
  const stream = run.intercept();
  let callIndex = 0;
  const ask = async (tensor: PlacedTensor | null, source: FeatureAnswer['source']) => {
    const value =
      tensor === null ? { kind: 'none' as const } : { kind: 'computed' as const, tensor };
    const features = [{ site: SITE, value, output: tensor === null ? route.output : null }];
    const [answer] = await stream.call({ branch: 'joint', callIndex, features });
    if (answer?.source !== source) throw new Error(`call ${callIndex} answered ${answer?.source}`);
    callIndex += 1;
  };
  const append = () => ask(route.place(type), 'stored');
  const forecast = () => ask(null, 'forecast');
  for (let warmup = 0; warmup < 3; warmup++) await append();
  await forecast();
  return {
    append,
    forecast,
    async close() {
      stream.end();
      route.close();
      await run.close('ok');
    },
  };
}
