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
  type BranchConditioning,
  type CacheClient,
  type CacheRun,
  type CallPlan,
  type FeatureAnswer,
  type InMemoryModelHost,
  type InMemoryModelHostOptions,
  type LocalTensor,
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
  readonly presetDirectories?: readonly string[];
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
    presetDirectories: options.presetDirectories ?? [],
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
    granularity: null,
    run: { steps: calls, calls, timesteps: timesteps(calls), sigmas: [], network: null },
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

/** Two runs gave the same images, up to a tolerance. */
export function expectSame(
  a: readonly LocalTensor[],
  b: readonly LocalTensor[],
  tolerance: number,
): void {
  expect(a).toHaveLength(b.length);
  a.forEach((one, call) => {
    const other = b[call];
    if (other === undefined) throw new Error('one run is shorter');
    expect(largestDifference(one, other)).toBeLessThanOrEqual(tolerance);
  });
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
