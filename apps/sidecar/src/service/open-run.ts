import {
  byteLength,
  sitesOfGranularity,
  withBatch,
  type OpenRun,
  type SharedDirectory,
} from '@forecache/adapters';
import type { CachePolicy, PolicySpec } from '@forecache/cache-policy';
import { createTensorArena, invalidArgument, MAX_ARENA_BYTES } from '@forecache/core';
import { createByteBudget, type ByteBudget } from './byte-budget.js';
import type { Clock } from './clock.js';
import type { FeatureMemory } from './feature-memory.js';
import type { DescribedHost, HostDirectory } from './host-directory.js';
import { createHostMemory } from './host-memory.js';
import { assertWithinLimit, type ServiceLimits } from './limits.js';
import { compileBatches, compileRunDescription } from './open-run-request.js';
import { createProxy } from './proxy.js';
import { createRunFile, type RunFile } from './run-file.js';
import { askHost, createRunHost, type RunHost } from './run-host.js';
import { planRun, type PlannedRun } from './run-plan.js';
import { createRunCounter, type RunCounter } from './run-statistics.js';
import {
  createServedRun,
  type RunWork,
  type ServedRun,
  type ServedRunParts,
} from './served-run.js';
import { createSidecarMemory } from './sidecar-memory.js';

/** What opening a run needs of its surroundings. */
export interface OpenRunTools {
  readonly limits: ServiceLimits;
  readonly clock: Clock;
  readonly hosts: HostDirectory;
  readonly hostTimeoutMs: number;
  readonly sharedDirectory: SharedDirectory;
  createRunId(): string;
  createPolicy(spec: PolicySpec): CachePolicy;
  /** More bytes are held (or fewer, when negative). */
  onBytesHeld(deltaBytes: number): void;
  onCall(runId: string, ...event: Parameters<ServedRunParts['onCall']>): void;
  onTrouble(runId: string, error: unknown): void;
}

/** A request that has been checked, with its plan. */
interface CheckedRequest {
  readonly request: OpenRun;
  readonly policy: string;
  readonly batches: ReadonlyMap<string, number>;
  readonly planned: PlannedRun;
}

/** What a run holds, in the order in which it was taken; given back in reverse when opening fails. */
interface Holdings {
  readonly counter: RunCounter;
  readonly budget: ByteBudget;
  file: RunFile | null;
  host: RunHost | null;
}

/** Opens a run. When anything fails, nothing is left behind: no file, no host run, no bytes. */
export async function openRun(
  tools: OpenRunTools,
  request: OpenRun,
  signal: AbortSignal,
): Promise<ServedRun> {
  const checked = checkRequest(tools, request);
  const runId = tools.createRunId();
  const holdings: Holdings = {
    counter: createRunCounter(),
    budget: createByteBudget(tools.limits, (delta) => tools.onBytesHeld(delta)),
    file: null,
    host: null,
  };
  try {
    const work = await openWork(tools, { ...checked, runId, holdings, signal });
    return createServedRun({
      runId,
      work,
      ...holdings,
      policy: checked.policy,
      client: request.client,
      plan: checked.planned.plan,
      warnings: checked.planned.warnings,
      batches: checked.batches,
      decisions: checked.planned.decisions,
      clock: tools.clock,
      onCall: (...event) => tools.onCall(runId, ...event),
      onTrouble: (error) => tools.onTrouble(runId, error),
    });
  } catch (error) {
    await holdings.host?.end().catch((trouble: unknown) => tools.onTrouble(runId, trouble));
    holdings.file?.remove();
    holdings.budget.releaseAll();
    throw error;
  }
}

function checkRequest(tools: OpenRunTools, request: OpenRun): CheckedRequest {
  const run = compileRunDescription(request, tools.limits);
  const batches = compileBatches(request, tools.limits);
  const policy = tools.createPolicy(request.policy);
  const planned = planRun({ policy, run, granularity: request.granularity });
  if (request.mode !== 'plan' && planned.callCount !== run.calls) {
    const rule = `one that keeps the run's ${run.calls} calls in mode ${request.mode}`;
    throw invalidArgument('policy', rule, `${policy} with ${planned.callCount}`);
  }
  return { request, policy: policy.toString(), batches, planned };
}

interface OpeningRun extends CheckedRequest {
  readonly runId: string;
  readonly holdings: Holdings;
  readonly signal: AbortSignal;
}

async function openWork(tools: OpenRunTools, opening: OpeningRun): Promise<RunWork> {
  const { request, holdings, signal } = opening;
  if (request.mode === 'plan') return { mode: 'plan' };
  const found = await tools.hosts.find(request.model, signal);
  const sites = sitesOfGranularity(found.model, request.granularity);
  if (request.mode === 'intercept') assertHistoryFits(tools.limits, opening, found);
  holdings.file = await createSharedFile(tools, opening);
  const host = await beginHostRun(tools, opening, found);
  holdings.host = host;
  const { batches, planned } = opening;
  const { decisions } = planned;
  const shared = { batches, decisions, host, file: holdings.file, limits: tools.limits };
  if (request.mode === 'proxy') {
    const { input, output } = found.model;
    const { granularity } = request;
    const proxy = createProxy({ ...shared, granularity, sites, input, output });
    return { mode: 'proxy', sites, proxy };
  }
  const memory = createMemory(tools, opening, host);
  const described = new Map(found.model.sites.map((site) => [site.name, site]));
  const forecastSites = new Set(sites);
  return { mode: 'intercept', tools: { ...shared, memory, sites: described, forecastSites } };
}

/** Refuses a run whose histories would not fit, before its first call and not in its middle. */
function assertHistoryFits(
  limits: ServiceLimits,
  { request, batches, planned }: CheckedRequest,
  { model }: DescribedHost,
): void {
  if (request.historyPlace === 'host') return;
  const names = new Set(sitesOfGranularity(model, request.granularity));
  const bytesPerBatch = (batch: number): number =>
    model.sites
      .filter((site) => names.has(site.name))
      .reduce((sum, site) => sum + byteLength(withBatch(site.output, batch)), 0);
  const features = [...batches.values()].reduce((sum, batch) => sum + bytesPerBatch(batch), 0);
  assertWithinLimit(limits, {
    limit: 'maxBytesPerRun',
    what: 'bytes of history and shared memory',
    asked: planned.historySize * features + request.sharedBytes,
  });
}

async function createSharedFile(
  { limits, sharedDirectory }: OpenRunTools,
  { request, runId, holdings }: OpeningRun,
): Promise<RunFile | null> {
  const { sharedBytes } = request;
  if (sharedBytes === 0) return null;
  holdings.budget.reserve('its shared memory', sharedBytes);
  assertWithinLimit(limits, {
    limit: 'maxSharedBytes',
    what: 'shared memory of all runs',
    asked: sharedDirectory.bytesHeld + sharedBytes,
  });
  return createRunFile(sharedDirectory, runId, sharedBytes);
}

async function beginHostRun(
  tools: OpenRunTools,
  { request, runId, planned, holdings, signal }: OpeningRun,
  { link }: DescribedHost,
): Promise<RunHost> {
  const { clock, hostTimeoutMs } = tools;
  const { file, counter } = holdings;
  const begin = {
    runId,
    branches: request.branches,
    timesteps: request.run.timesteps,
    sharedDirectory: link.sharesFiles && file !== null ? file.directory : '',
    historySize: Math.max(1, planned.historySize),
  };
  const hostRun = await askHost(link, { signal, timeoutMs: hostTimeoutMs }, (rest) =>
    link.host.beginRun(begin, rest),
  );
  const onWaited = (durationMs: number) => counter.addHostTime(durationMs);
  return createRunHost({ link, hostRun, file, clock, hostTimeoutMs, onWaited });
}

function createMemory(
  { limits, clock }: OpenRunTools,
  { request, planned, holdings }: OpeningRun,
  host: RunHost,
): FeatureMemory {
  if (request.historyPlace === 'host') return createHostMemory(host, planned.historySize);
  const { budget, file, counter } = holdings;
  return createSidecarMemory({
    arena: createTensorArena({ limitBytes: Math.min(limits.maxBytesPerRun, MAX_ARENA_BYTES) }),
    capacity: planned.historySize,
    budget,
    file,
    clock,
    onComputed: (durationMs) => counter.addForecastTime(durationMs),
  });
}
