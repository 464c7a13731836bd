import {
  assertRunSetup,
  type OpenRun,
  type RunSetup,
  type SharedDirectory,
} from '@forecache/adapters';
import { createTensorArena, MAX_ARENA_BYTES } from '@forecache/core';
import { createByteBudget, type ByteBudget } from './byte-budget.js';
import { checkRequest, type CheckedRequest, type CheckTools } from './checked-request.js';
import type { Clock } from './clock.js';
import type { FeatureMemory } from './feature-memory.js';
import type { DescribedHost } from './host-directory.js';
import { createHostMemory } from './host-memory.js';
import { assertWithinLimit } from './limits.js';
import { createProxy } from './proxy.js';
import { createRunFile, type RunFile } from './run-file.js';
import { askHost, createRunHost, type RunHost } from './run-host.js';
import { createRunCounter, type RunCounter } from './run-statistics.js';
import {
  createServedRun,
  type RunWork,
  type ServedRun,
  type ServedRunParts,
} from './served-run.js';
import { createSidecarMemory } from './sidecar-memory.js';

/** What opening a run needs of its surroundings. */
export interface OpenRunTools extends CheckTools {
  readonly clock: Clock;
  readonly hostTimeoutMs: number;
  readonly sharedDirectory: SharedDirectory;
  createRunId(): string;
  /** More bytes are held (or fewer, when negative). */
  onBytesHeld(deltaBytes: number): void;
  onCall(runId: string, ...event: Parameters<ServedRunParts['onCall']>): void;
  onTrouble(runId: string, error: unknown): void;
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
  const checked = await checkRequest(tools, request, signal);
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
      ...checked.planned,
      client: request.client,
      batches: checked.batches,
      clock: tools.clock,
      limits: tools.limits,
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

interface OpeningRun extends CheckedRequest {
  readonly runId: string;
  readonly holdings: Holdings;
  readonly signal: AbortSignal;
}

async function openWork(tools: OpenRunTools, opening: OpeningRun): Promise<RunWork> {
  const { model, holdings, batches, planned } = opening;
  if (model === null) return { mode: 'plan' };
  holdings.file = await createSharedFile(tools, opening);
  const host = await beginHostRun(tools, opening, model);
  holdings.host = host;
  const { decisions, setup } = planned;
  const shared = { batches, decisions, host, file: holdings.file, limits: tools.limits };
  if (opening.request.mode === 'proxy') {
    const { input, output } = model.model;
    return { mode: 'proxy', proxy: createProxy({ ...shared, setup, input, output }) };
  }
  const memory = createMemory(tools, opening, host);
  const described = [...model.model.sites, ...model.keptSites];
  const sites = new Map(described.map((site) => [site.name, site]));
  return { mode: 'intercept', tools: { ...shared, memory, sites } };
}

/**
 * What the model host prepares: in mode intercept features are kept, and measured, by others, so that nobody but this
 * checks what they are asked for.
 */
function hostSetup({ request, planned }: CheckedRequest, { model }: DescribedHost): RunSetup {
  const { setup } = planned;
  if (request.mode === 'proxy') return setup;
  assertRunSetup(setup, model);
  return { ...setup, sites: [], historySize: 1, probes: [] };
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
  opening: OpeningRun,
  described: DescribedHost,
): Promise<RunHost> {
  const { link } = described;
  const { clock, hostTimeoutMs } = tools;
  const { request, runId, signal } = opening;
  const { file, counter } = opening.holdings;
  const begin = {
    runId,
    branches: request.branches,
    timesteps: request.run.timesteps,
    sharedDirectory: link.sharesFiles && file !== null ? file.directory : '',
    setup: hostSetup(opening, described),
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
  const { historySize } = planned.setup;
  if (request.historyPlace === 'host') return createHostMemory(host, historySize);
  const { budget, file, counter } = holdings;
  return createSidecarMemory({
    arena: createTensorArena({ limitBytes: Math.min(limits.maxBytesPerRun, MAX_ARENA_BYTES) }),
    capacity: historySize,
    budget,
    file,
    clock,
    onComputed: (durationMs) => counter.addForecastTime(durationMs),
  });
}
