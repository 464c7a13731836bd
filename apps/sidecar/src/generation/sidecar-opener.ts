import {
  NO_SETUP,
  transformerLayout,
  type CacheClient,
  type CacheRun,
  type ModelDescription,
  type ModelHost,
  type NetworkShape,
  type RunOutcome,
  type RunStatistics,
} from '@forecache/adapters';
import { ForecastError } from '@forecache/core';
import type { ModelManifest } from '@forecache/demo-model';
import { messageOf } from '../error-message.js';
import { networkShape } from '../network-shape.js';
import { isNoAnswer, withFallback, type Fallback } from '../sampler/fallback-caller.js';
import { createInterceptCaller } from '../sampler/intercept-caller.js';
import { JOINT_BRANCH } from '../sampler/joint-branch.js';
import { createLocalCaller } from '../sampler/local-caller.js';
import type { NetworkCaller } from '../sampler/network-caller.js';
import { createPlanCaller } from '../sampler/plan-caller.js';
import { createProxyCaller } from '../sampler/proxy-caller.js';
import type { Solver } from '../sampler/solver.js';
import {
  createInlineRoute,
  createSharedRoute,
  sharedBytesFor,
  type LaidOutTensor,
  type TensorRoute,
} from '../sampler/tensor-route.js';
import {
  FULL_COMPUTE,
  type Batch,
  type GenerationJob,
  type GenerationMode,
} from './generation-job.js';
import { beginLocalRun, jointBranch, jointShape } from './local-network.js';
import { movingTensors } from './moving-tensors.js';
import type { OpenedRun, RunOpener } from './opened-run.js';
import { createSidecarPresence, type SidecarPresence } from './sidecar-presence.js';
import { callsOfRun } from './solver-of.js';

/** What runs through a sidecar need. */
export interface SidecarOpenerOptions {
  readonly client: CacheClient;
  readonly manifest: ModelManifest;
  readonly job: GenerationJob & { readonly mode: Exclude<GenerationMode, 'local'> };
  /** The job's sampler, with the steps that the policy wants taken: fewer than the job's under fewer-steps. */
  readonly solver: Solver;
  /** The network in this process: for plan mode, and for the day the sidecar dies. */
  localHost(): Promise<ModelHost>;
  /** One line for the person who waits. */
  warn(message: string): void;
}

/** Longest wait for one answer of the sidecar; a call of a large batch on a busy machine takes seconds. */
export const ANSWER_TIMEOUT_MS = 60_000;

/** Longest wait for an answer that costs nothing to give. */
const QUICK_TIMEOUT_MS = 5_000;

/** Opens every batch as a run of the sidecar; once it is gone, later batches do not look for it again. */
export function createSidecarOpener(options: SidecarOpenerOptions): RunOpener {
  const presence = createSidecarPresence(options.warn);
  return {
    async open(batch, signal) {
      const resources = createResources(options, batch, presence);
      const { goneReason } = presence;
      if (goneReason !== null) return openWithoutSidecar(options, resources, goneReason);
      try {
        return await openRun(options, { batch, resources, presence, signal });
      } catch (error) {
        if (signal.aborted || !isNoAnswer(error) || (await isSidecarAlive(options.client))) {
          await resources.close();
          throw error;
        }
        return openWithoutSidecar(options, resources, messageOf(error));
      }
    },
  };
}

/** What a run holds in this process. */
interface Resources {
  fallback: Fallback | null;
  /** Full compute here, from now on. */
  openLocal(): Promise<NetworkCaller>;
  /** Closes whatever is registered, newest first. */
  onClose(close: () => void | Promise<void>): void;
  noteFallback(fallback: Fallback): void;
  close(): Promise<void>;
}

function createResources(
  { localHost, manifest, solver }: SidecarOpenerOptions,
  batch: Batch,
  presence: SidecarPresence,
): Resources {
  const closers: (() => void | Promise<void>)[] = [];
  const resources: Resources = {
    fallback: null,
    async openLocal() {
      const run = await beginLocalRun(await localHost(), {
        manifest,
        batch,
        timesteps: solver.timesteps,
        setup: NO_SETUP,
      });
      closers.push(() => run.end());
      return createLocalCaller(run, jointShape(batch, manifest));
    },
    onClose: (close) => void closers.push(close),
    noteFallback(fallback) {
      resources.fallback = fallback;
      presence.gone(fallback.reason, 'going on in full compute without it');
    },
    async close() {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
  return resources;
}

interface Opening {
  readonly batch: Batch;
  readonly resources: Resources;
  readonly presence: SidecarPresence;
  readonly signal: AbortSignal;
}

async function openRun(options: SidecarOpenerOptions, opening: Opening): Promise<OpenedRun> {
  const { client, manifest, job, solver } = options;
  const { steps } = solver;
  const { batch, resources, presence, signal } = opening;
  const description = job.mode === 'plan' ? null : await describe(client, manifest.id, signal);
  const moving = { job, steps, samples: 2 * batch.labels.length };
  const tensors = description === null ? [] : movingTensors(description, moving);
  const run = await client.openRun(
    {
      mode: job.mode,
      policy: job.policy,
      granularity: job.granularity,
      run: {
        timesteps: [],
        sigmas: [],
        ...callsOfRun(solver),
        network: description === null ? await localNetwork(options) : null,
      },
      branches: [jointBranch(batch, manifest)],
      model: manifest.id,
      sharedBytes: job.transfer === 'shared' ? sharedBytesFor(tensors) : 0,
      historyPlace: 'sidecar',
      client: job.client,
    },
    { signal },
  );
  // That nothing will be skipped is no news to whoever asked for full compute.
  if (!FULL_COMPUTE.includes(job.policy.name)) run.warnings.forEach(presence.warn);
  const parts = { ...opening, run, description, tensors };
  const primary = await createCaller(options, parts).catch(async (error: unknown) => {
    await closeRun(run, 'error');
    throw error;
  });
  const caller = withFallback({
    primary,
    openLocal: resources.openLocal,
    isRunKnown: () => isRunKnown(run),
    onFallback: resources.noteFallback,
  });
  return {
    caller,
    steps,
    policy: run.policy,
    setup: run.setup,
    async close(outcome) {
      const statistics = await closeRun(run, outcome);
      await resources.close();
      return { statistics, fallback: resources.fallback };
    },
  };
}

/** A sidecar that cannot be asked costs speed, never an image. */
async function openWithoutSidecar(
  { job, solver }: SidecarOpenerOptions,
  resources: Resources,
  reason: string,
): Promise<OpenedRun> {
  resources.noteFallback({ callIndex: 0, reason });
  const caller = await resources.openLocal();
  return {
    caller,
    steps: solver.steps,
    policy: job.policy.name,
    setup: NO_SETUP,
    async close() {
      await resources.close();
      return { statistics: null, fallback: resources.fallback };
    },
  };
}

async function describe(
  client: CacheClient,
  model: string,
  signal: AbortSignal,
): Promise<ModelDescription> {
  const models = await client.listModels({ signal });
  const found = models.find((candidate) => candidate.model === model);
  if (found !== undefined) return found;
  const names = models.map((candidate) => candidate.model).join(', ');
  const message = `the sidecar must serve model ${model}, it has [${names}]`;
  throw new ForecastError('failed-precondition', message);
}

/** The modules of the network in this process, for a sidecar that knows no other. */
async function localNetwork({ localHost }: SidecarOpenerOptions): Promise<NetworkShape> {
  return networkShape(await (await localHost()).describe());
}

interface CallerParts extends Opening {
  readonly run: CacheRun;
  readonly description: ModelDescription | null;
  readonly tensors: readonly LaidOutTensor[];
}

async function createCaller(
  options: SidecarOpenerOptions,
  parts: CallerParts,
): Promise<NetworkCaller> {
  const { job, manifest } = options;
  const { run, description, resources, batch } = parts;
  const { shape } = jointShape(batch, manifest);
  const onLostReport = (error: unknown) => explainLostReport(options, parts, messageOf(error));
  const common = { run, shape, onLostReport };
  if (description === null) return createPlanned(options, parts, common);
  const route = openRoute(run, parts.tensors);
  resources.onClose(route.close);
  if (job.mode === 'proxy') return createProxyCaller({ run, shape, route });
  const stream = run.intercept();
  resources.onClose(() => stream.end());
  return createInterceptCaller({
    ...common,
    stream,
    route,
    layout: transformerLayout(description),
  });
}

async function createPlanned(
  { localHost, manifest, solver }: SidecarOpenerOptions,
  { run, batch, resources }: CallerParts,
  common: Omit<Parameters<typeof createPlanCaller>[0], 'hostRun'>,
): Promise<NetworkCaller> {
  const { setup } = run;
  const { timesteps } = solver;
  const hostRun = await beginLocalRun(await localHost(), { manifest, batch, timesteps, setup });
  resources.onClose(() => hostRun.end());
  return createPlanCaller({ ...common, hostRun });
}

/**
 * Says what a lost report means. Where the next decision will not be answered either, nothing: what is said then is
 * enough.
 */
async function explainLostReport(
  { client }: SidecarOpenerOptions,
  { run, presence }: CallerParts,
  reason: string,
): Promise<void> {
  const isPlanned = run.plan !== null;
  if (await (isPlanned ? isSidecarAlive(client) : isRunKnown(run))) {
    presence.warn(`the sidecar does not take reports any more (${reason}); going on without them`);
  } else if (isPlanned) {
    presence.gone(reason, 'this run goes on by its plan, later ones in full compute');
  }
}

function openRoute(run: CacheRun, tensors: readonly LaidOutTensor[]): TensorRoute {
  if (run.sharedName === '') return createInlineRoute();
  return createSharedRoute({ directory: run.sharedDirectory, name: run.sharedName }, tensors);
}

/** A decision needs nothing but the sidecar, and that of call 0 is full whenever it is made: asking moves nothing. */
async function isRunKnown(run: CacheRun): Promise<boolean> {
  const signal = AbortSignal.timeout(QUICK_TIMEOUT_MS);
  return run.decide({ branch: JOINT_BRANCH, callIndex: 0, scalars: {} }, { signal }).then(
    () => true,
    () => false,
  );
}

/** A sidecar that counts is alive: then something behind it does not answer. */
async function isSidecarAlive(client: CacheClient): Promise<boolean> {
  return client.statistics({ signal: AbortSignal.timeout(QUICK_TIMEOUT_MS) }).then(
    () => true,
    () => false,
  );
}

/** Statistics are worth a short wait and no error: the images are there. */
function closeRun(run: CacheRun, outcome: RunOutcome): Promise<RunStatistics | null> {
  const signal = AbortSignal.timeout(QUICK_TIMEOUT_MS);
  return run.close(outcome, { signal }).catch(() => null);
}
