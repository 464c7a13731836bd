import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createCacheClient,
  createInMemoryModelHost,
  createTensorTransfer,
  float32Tensor,
  float32View,
  int64Tensor,
  transformerLayout,
  walkTransformer,
  type BranchConditioning,
  type CacheClient,
  type CacheRun,
  type CallPlan,
  type FeatureAnswer,
  type FeatureCall,
  type FeatureSource,
  type Granularity,
  type InMemoryModelHost,
  type InMemoryModelHostOptions,
  type InterceptStream,
  type LocalTensor,
  type ModelDescription,
  type OpenRun,
  type SharedRegion,
} from '@forecache/adapters';
import { pino, type Logger } from 'pino';
import { compileLimits, type ServiceLimits } from '../../src/service/limits.js';
import type { HostLink } from '../../src/service/run-host.js';
import {
  startSidecar,
  type CompiledSidecarOptions,
  type RunningSidecar,
} from '../../src/service/start-sidecar.js';

export interface FixtureOptions {
  readonly limits?: Partial<ServiceLimits>;
  readonly ttlMs?: number;
  readonly hostTimeoutMs?: number;
  readonly host?: InMemoryModelHostOptions;
  readonly hosts?: readonly HostLink[];
  readonly logger?: Logger;
  readonly overrides?: CompiledSidecarOptions['overrides'];
}

/** A sidecar on a Unix socket with an in-memory host, a client of it, and a folder that must end up empty. */
export interface Fixture {
  readonly host: InMemoryModelHost;
  readonly sidecar: RunningSidecar;
  readonly client: CacheClient;
  readonly address: string;
  readonly directory: string;
  /** Names of the shared files that exist now. */
  sharedFiles(): readonly string[];
  close(): Promise<void>;
}

export async function startFixture(options: FixtureOptions = {}): Promise<Fixture> {
  const directory = mkdtempSync(join(tmpdir(), 'forecache-test-'));
  const host = createInMemoryModelHost(options.host);
  const address = `unix:${join(directory, 's.sock')}`;
  const sidecar = await startSidecar({
    listen: [address],
    hosts: options.hosts ?? [{ host, address: 'embedded', sharesFiles: true }],
    ttlMs: options.ttlMs ?? 60_000,
    hostTimeoutMs: options.hostTimeoutMs ?? 10_000,
    shutdownGraceMs: 500,
    limits: compileLimits(options.limits),
    sharedParent: directory,
    logger: options.logger ?? pino({ level: 'silent' }),
    ...(options.overrides && { overrides: options.overrides }),
  });
  const client = createCacheClient({ address });
  return {
    host,
    sidecar,
    client,
    address,
    directory,
    sharedFiles: () => {
      const shared = readdirSync(directory).filter((name) => name.startsWith('forecache-'));
      return shared
        .flatMap((name) => readdirSync(join(directory, name)))
        .filter((name) => name.startsWith('run-'));
    },
    async close() {
      client.close();
      await sidecar.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Timesteps from 1 (noise) down, one per call. */
export function timesteps(calls: number): number[] {
  return Array.from({ length: calls }, (_, call) => 1 - call / calls);
}

export function branch(name: string, labels: readonly bigint[] = [3n]): BranchConditioning {
  const tensor = int64Tensor([labels.length], BigInt64Array.from(labels));
  return {
    branch: name,
    batch: labels.length,
    tensors: [{ name: 'label', tensor: { ...tensor, place: 'inline' } }],
  };
}

export const TAYLORSEER = {
  name: 'taylorseer',
  options: { interval: '3', order: '2', warmup: '2' },
} as const;

/** A request that works; what a test is about goes on top. */
export function request(over: Partial<OpenRun> & { readonly calls?: number } = {}): OpenRun {
  const { calls = 10, ...rest } = over;
  return {
    mode: 'intercept',
    policy: TAYLORSEER,
    granularity: 'module',
    run: { steps: calls, calls, timesteps: timesteps(calls), sigmas: [] },
    branches: [branch('joint')],
    model: '',
    sharedBytes: 0,
    historyPlace: 'sidecar',
    client: 'test',
    ...rest,
  };
}

/** A seeded image of the in-memory network: [batch, 1, tokens, 2]. */
export function image(batch = 1, tokens = 3): LocalTensor {
  const values = Float32Array.from({ length: batch * tokens * 2 }, (_, i) =>
    Math.sin(i * 1.7 + 0.3),
  );
  return float32Tensor([batch, 1, tokens, 2], values);
}

/** x += velocity / calls, in float32: the sampler of these tests. */
export function step(x: LocalTensor, velocity: LocalTensor, calls: number): LocalTensor {
  const direction = float32View(velocity);
  const values = float32View(x).map((value, i) => value - (direction[i] ?? 0) / calls);
  return float32Tensor(x.shape, values);
}

export function inline(tensor: LocalTensor) {
  return { ...tensor, place: 'inline' } as const;
}

/** The plan's call; fails where the run has no plan. */
export function planned(run: CacheRun, callIndex: number): CallPlan {
  const call = run.plan?.calls[callIndex];
  if (call === undefined) throw new Error(`no plan for call ${callIndex}`);
  return call;
}

/** How tensors travel in a test: inline, or through regions of the run's file, one per name. */
export interface Route {
  send(name: string, tensor: LocalTensor): ReturnType<typeof inline> | PlacedRegion;
  target(name: string, byteLength: number): SharedRegion | null;
  receive(answer: FeatureAnswer): LocalTensor;
  close(): void;
}

type PlacedRegion = Extract<NonNullable<FeatureAnswer['output']>, { place: 'region' }>;

export function createRoute(run: CacheRun): Route {
  const transfer = createTensorTransfer(run.sharedDirectory);
  const regions = new Map<string, SharedRegion>();
  let end = 0;
  const regionOf = (name: string, byteLength: number): SharedRegion | null => {
    if (run.sharedName === '') return null;
    const known = regions.get(name) ?? { name: run.sharedName, offset: end, byteLength };
    if (!regions.has(name)) end += Math.ceil(byteLength / 64) * 64;
    regions.set(name, known);
    return known;
  };
  return {
    send(name, tensor) {
      const region = regionOf(name, tensor.bytes.byteLength);
      if (region === null) return inline(tensor);
      transfer.place(tensor, region);
      return { dtype: tensor.dtype, shape: tensor.shape, place: 'region', region };
    },
    target: regionOf,
    receive({ site, output }) {
      if (output === null) throw new Error(`site ${site} was answered without a tensor`);
      return transfer.resolve(output, site);
    },
    close: transfer.close,
  };
}

/** Walks a run's calls over Intercept and returns the image after every call. */
export async function interceptRun(
  run: CacheRun,
  model: ModelDescription,
  options: {
    readonly granularity?: Granularity;
    readonly branch?: string;
    readonly batch?: number;
  } = {},
): Promise<LocalTensor[]> {
  const { granularity = 'module', branch: name = 'joint', batch = 1 } = options;
  const route = createRoute(run);
  const stream = run.intercept();
  const calls = run.plan?.calls.length ?? 0;
  const images: LocalTensor[] = [];
  let x = image(batch, model.input.shape[1]);
  try {
    for (let callIndex = 0; callIndex < calls; callIndex += 1) {
      const velocity = await interceptCall(
        { run, stream, route, model, granularity },
        {
          branch: name,
          callIndex,
          input: x,
        },
      );
      x = step(x, velocity, calls);
      images.push(x);
    }
  } finally {
    stream.end();
    route.close();
  }
  return images;
}

export interface Intercepting {
  readonly run: CacheRun;
  readonly stream: InterceptStream;
  readonly route: Route;
  readonly model: ModelDescription;
  readonly granularity: Granularity;
}

export function interceptCall(
  { run, stream, route, model, granularity }: Intercepting,
  call: { readonly branch: string; readonly callIndex: number; readonly input: LocalTensor },
): Promise<LocalTensor> {
  const { branch: name, callIndex, input } = call;
  const batch = input.shape[0] ?? 1;
  const send = (features: readonly FeatureCall[]) =>
    stream.call({ branch: name, callIndex, features });
  const bytesOf = (site: string) => {
    const output = model.sites.find((candidate) => candidate.name === site)?.output;
    return (output?.shape.reduce((a, b) => a * b, 1) ?? 0) * 4 * batch;
  };
  const source: FeatureSource = {
    async features(calls) {
      const answers = await send(
        calls.map(({ site, input: tensor }) => ({
          site,
          value:
            tensor === null
              ? { kind: 'none' }
              : { kind: 'input', tensor: route.send(`${site}:input`, tensor) },
          output: route.target(site, bytesOf(site)),
        })),
      );
      return answers.map((answer) => route.receive(answer));
    },
    async observe(site, tensor) {
      await send([
        { site, value: { kind: 'computed', tensor: route.send(site, tensor) }, output: null },
      ]);
    },
  };
  const plan = planned(run, callIndex);
  return walkTransformer({ layout: transformerLayout(model), plan, granularity, input, source });
}

/** The largest difference between two tensors of the same shape. */
export function largestDifference(a: LocalTensor, b: LocalTensor): number {
  const left = float32View(a);
  const right = float32View(b);
  if (left.length !== right.length) return Infinity;
  return left.reduce((worst, value, i) => {
    const difference = Math.abs(value - (right[i] ?? NaN));
    return Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
  }, 0);
}
