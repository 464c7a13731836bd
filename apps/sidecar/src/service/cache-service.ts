import type {
  CallKey,
  CallPlan,
  CallReport,
  FeatureAnswer,
  InterceptCall,
  ModelDescription,
  OpenRun,
  PolicyDescription,
  RunOutcome,
  RunStatistics,
  Scalars,
  SharedDirectory,
  SidecarStatistics,
} from '@forecache/adapters';
import type { CachePolicy, PolicySpec } from '@forecache/cache-policy';
import { ForecastError, type ForecastErrorCode } from '@forecache/core';
import type { ResolvePolicy } from '../presets/resolve-policy.js';
import type { Clock } from './clock.js';
import { createHostDirectory, type HostDirectory } from './host-directory.js';
import type { ServiceLimits } from './limits.js';
import { openRun, type OpenRunTools } from './open-run.js';
import type { NetworkAnswer, NetworkCall } from './proxy.js';
import { createRunEvents, type EventSink, type RunEvents, type Watcher } from './run-events.js';
import type { HostLink } from './run-host.js';
import { createRunRegistry, type RunRegistry } from './run-registry.js';
import type { ServedRun } from './served-run.js';
import type { ServiceLog } from './service-log.js';
import { createServiceTotals, type ServiceTotals } from './service-totals.js';

/** Everything the service depends on; nothing here reads the environment or a clock of its own. */
export interface CacheServiceOptions {
  readonly limits: ServiceLimits;
  /** Idle time after which a run is closed. */
  readonly ttlMs: number;
  /** Longest wait for one answer of a model host. */
  readonly hostTimeoutMs: number;
  readonly hosts: readonly HostLink[];
  readonly sharedDirectory: SharedDirectory;
  readonly clock: Clock;
  readonly log: ServiceLog;
  createRunId(): string;
  createPolicy(spec: PolicySpec): CachePolicy;
  /** Replaces a policy that the sidecar has by name, `preset`, by the one that it stands for in a run. */
  readonly resolvePolicy: ResolvePolicy;
  listPolicies(): readonly PolicyDescription[];
}

/** The service in domain types: what `cache.proto` says, without gRPC. */
export interface CacheService {
  readonly ttlMs: number;
  openRun(request: OpenRun, signal: AbortSignal): Promise<ServedRun>;
  decide(runId: string, call: CallKey, scalars: Scalars): Promise<CallPlan>;
  intercept(
    runId: string,
    call: InterceptCall,
    signal: AbortSignal,
  ): Promise<readonly FeatureAnswer[]>;
  runNetwork(runId: string, call: NetworkCall, signal: AbortSignal): Promise<NetworkAnswer>;
  report(runId: string, report: CallReport): Promise<void>;
  closeRun(runId: string, outcome: RunOutcome): Promise<RunStatistics>;
  watchRuns(runId: string, sink: EventSink): Watcher;
  listPolicies(): readonly PolicyDescription[];
  listModels(signal: AbortSignal): Promise<readonly ModelDescription[]>;
  statistics(): SidecarStatistics;
  /** Counts a refused request. */
  noteError(code: ForecastErrorCode): void;
  /** Refuses new runs, ends all runs and watchers. A second close is not an error. */
  close(): Promise<void>;
}

/** Wires the runs, their limits, their time to live and their events together. */
export function createCacheService(options: CacheServiceOptions): CacheService {
  const { clock, ttlMs } = options;
  const startMs = clock.nowMs();
  const parts = createParts(options);
  const { runs, events, directory, totals } = parts;
  let isClosed = false;
  const assertServing = () => {
    if (isClosed) throw shuttingDown();
  };

  return {
    ttlMs,
    async openRun(request, signal) {
      assertServing();
      const run = await openInSlot(options, parts, { request, signal });
      if (isClosed) await runs.closeAll();
      return run;
    },
    decide: (runId, call, scalars) => runs.use(runId, async (run) => run.decide(call, scalars)),
    intercept: (runId, call, signal) => runs.use(runId, (run) => run.intercept(call, signal)),
    runNetwork: (runId, call, signal) => runs.use(runId, (run) => run.runNetwork(call, signal)),
    report: (runId, report) => runs.use(runId, async (run) => run.report(report)),
    closeRun: (runId, outcome) => runs.close(runId, outcome),
    watchRuns(runId, sink) {
      assertServing();
      if (runId !== '') runs.assertOpen(runId);
      return events.watch(runId, sink);
    },
    listPolicies: () => options.listPolicies(),
    listModels: async (signal) => (await directory.list(signal)).map((host) => host.model),
    statistics() {
      const open = runs.open().map((run) => run.parts.counter.totals());
      return totals.read(open, clock.nowMs() - startMs);
    },
    noteError: (code) => totals.countError(code),
    async close() {
      isClosed = true;
      await runs.closeAll();
      events.close(shuttingDown());
    },
  };
}

interface ServiceParts {
  readonly runs: RunRegistry<ServedRun>;
  readonly events: RunEvents;
  readonly directory: HostDirectory;
  readonly totals: ServiceTotals;
}

function createParts({ clock, limits, log, ttlMs, hosts, hostTimeoutMs }: CacheServiceOptions) {
  const events = createRunEvents(limits);
  const totals = createServiceTotals();
  const directory = createHostDirectory({
    hosts,
    timeoutMs: hostTimeoutMs,
    onUnreachable: (link, error) => log.hostUnreachable(link.address, error),
  });
  const runs = createRunRegistry<ServedRun>({
    limits,
    ttlMs,
    clock,
    onClosed(reason, statistics) {
      totals.countClosed(reason, statistics);
      log.runClosed(reason, statistics);
      events.publish({ kind: 'closed', runId: statistics.runId, statistics });
    },
  });
  return { runs, events, directory, totals };
}

interface Opening {
  readonly request: OpenRun;
  readonly signal: AbortSignal;
}

/** The run counts against `maxRuns` from before its host is asked until it is closed. */
async function openInSlot(
  options: CacheServiceOptions,
  { runs, events, directory, totals }: ServiceParts,
  { request, signal }: Opening,
): Promise<ServedRun> {
  const { log } = options;
  const tools: OpenRunTools = {
    ...options,
    hosts: directory,
    onBytesHeld: (delta) => totals.addBytesHeld(delta),
    onCall: (runId, { branch, callIndex }, action) =>
      events.publish({ kind: 'call', runId, branch, callIndex, action }),
    onTrouble: (runId, error) => log.runTrouble(runId, error),
  };
  const slot = runs.reserve();
  const run = await openRun(tools, request, signal).catch((error: unknown) => {
    slot.release();
    throw error;
  });
  slot.fill(run);
  totals.countOpened();
  log.runOpened(run, request);
  const { policy, client, decisions } = run.parts;
  const calls = decisions.callCount;
  events.publish({ kind: 'opened', runId: run.runId, policy, client, calls });
  return run;
}

function shuttingDown(): ForecastError {
  return new ForecastError('unavailable', 'the sidecar is shutting down');
}
