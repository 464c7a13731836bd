import {
  callKind,
  throwIfAborted,
  type CallKey,
  type CallPlan,
  type CallReport,
  type FeatureAnswer,
  type InterceptCall,
  type RunMode,
  type RunOutcome,
  type RunPlan,
  type RunSetup,
  type RunStatistics,
  type Scalars,
} from '@forecache/adapters';
import { ForecastError } from '@forecache/core';
import type { ByteBudget } from './byte-budget.js';
import type { Clock } from './clock.js';
import { batchOf } from './feature-step.js';
import { interceptCall, type AnsweredFeature, type InterceptTools } from './intercept.js';
import { assertWithinLimit, type ServiceLimits } from './limits.js';
import { createSignalLinks } from './linked-signal.js';
import type { NetworkAnswer, NetworkCall, Proxy } from './proxy.js';
import type { RunDecisions } from './run-decisions.js';
import type { RunFile } from './run-file.js';
import type { RunHost } from './run-host.js';
import type { RegisteredRun } from './run-registry.js';
import type { RunCounter } from './run-statistics.js';
import { createSerialQueue } from './serial-queue.js';

/** What a run is made of, by how it uses the sidecar. */
export type RunWork =
  | { readonly mode: 'plan' }
  | { readonly mode: 'intercept'; readonly tools: InterceptTools }
  | { readonly mode: 'proxy'; readonly proxy: Proxy };

/** What `openRun` has put together. */
export interface ServedRunParts {
  readonly runId: string;
  readonly policy: string;
  readonly client: string;
  /** Null when the policy decides call by call. */
  readonly plan: RunPlan | null;
  readonly setup: RunSetup;
  readonly warnings: readonly string[];
  readonly batches: ReadonlyMap<string, number>;
  readonly decisions: RunDecisions;
  readonly counter: RunCounter;
  readonly budget: ByteBudget;
  readonly clock: Clock;
  readonly limits: ServiceLimits;
  readonly file: RunFile | null;
  readonly host: RunHost | null;
  readonly work: RunWork;
  /** A call's first answer after it was decided. */
  onCall(call: CallKey, kind: CallPlan['action']['kind']): void;
  /** Something could not be freed; the run ends all the same. */
  onTrouble(error: unknown): void;
}

/** One open run. Requests that touch tensors wait for each other; different runs never do. */
export interface ServedRun extends RegisteredRun {
  readonly mode: RunMode;
  readonly parts: ServedRunParts;
  decide(call: CallKey, scalars: Scalars): CallPlan;
  intercept(call: InterceptCall, signal: AbortSignal): Promise<readonly FeatureAnswer[]>;
  runNetwork(call: NetworkCall, signal: AbortSignal): Promise<NetworkAnswer>;
  report(report: CallReport): void;
}

/** Puts a run's parts to work. Ending it aborts what is under way and waits for it. */
export function createServedRun(parts: ServedRunParts): ServedRun {
  const { runId, work, decisions, batches } = parts;
  const startMs = parts.clock.nowMs();
  const queue = createSerialQueue();
  const ending = new AbortController();
  const linked = createSignalLinks(ending.signal);

  function enqueue<T>(signal: AbortSignal, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const either = linked.with(signal);
    return queue.run(async () => {
      throwIfAborted(either);
      return task(either);
    });
  }

  return {
    runId,
    mode: work.mode,
    parts,
    decide(call, scalars) {
      batchOf({ batches }, call.branch);
      assertScalars(parts, scalars);
      return decisions.callPlan(call, scalars);
    },
    async intercept(call, signal) {
      if (work.mode !== 'intercept') throw wrongMode(parts, 'Intercept', 'intercept');
      const answered = await enqueue(signal, (either) => interceptCall(work.tools, call, either));
      countFeatures(parts, call, answered);
      return answered.map(({ answer }) => answer);
    },
    async runNetwork(call, signal) {
      if (work.mode !== 'proxy') throw wrongMode(parts, 'RunNetwork', 'proxy');
      const answer = await enqueue(signal, (either) => work.proxy.runNetwork(call, either));
      const kind = callKind(answer.plan);
      countCall(parts, { ...answer, ...call, isFull: kind === 'full' }, kind);
      return answer;
    },
    report(report) {
      if (work.mode === 'proxy') throw wrongMode(parts, 'Report', 'plan or intercept');
      batchOf({ batches }, report.branch);
      assertScalars(parts, report.scalars);
      const plan = decisions.callPlan(report);
      const { scalars, action } = report;
      if (work.mode === 'intercept') {
        // What was done is known from the feature calls.
        return decisions.report(report, { kind: callKind(plan), scalars });
      }
      decisions.report(report, { kind: action, scalars });
      countCall(parts, { ...report, isFull: action === 'full' }, action);
    },
    end(outcome) {
      ending.abort(new ForecastError('cancelled', `run ${JSON.stringify(runId)} was closed`));
      return queue.run(() => freeParts(parts, outcome, startMs));
    },
  };
}

type CallCounts = Parameters<RunCounter['countCall']>[0];

function countCall(
  parts: ServedRunParts,
  call: CallCounts,
  kind: CallPlan['action']['kind'],
): void {
  if (parts.counter.countCall(call)) parts.onCall(call, kind);
}

function countFeatures(
  parts: ServedRunParts,
  call: InterceptCall,
  answered: readonly AnsweredFeature[],
): void {
  const { counter, decisions } = parts;
  for (const { step, answer } of answered) {
    if (answer.source === 'compute') continue;
    counter.countFeature({ ...step, source: answer.source });
  }
  const plan = decisions.decidedPlan(call);
  if (plan !== null && counter.announce(call)) parts.onCall(call, callKind(plan));
}

function assertScalars({ limits }: ServedRunParts, scalars: Scalars): void {
  const asked = Object.keys(scalars).length;
  assertWithinLimit(limits, { limit: 'maxScalars', what: 'scalars of one call', asked });
}

async function freeParts(
  parts: ServedRunParts,
  outcome: RunOutcome,
  startMs: number,
): Promise<RunStatistics> {
  const { work, host, file } = parts;
  const steps = [
    () => host?.end(),
    () => (work.mode === 'intercept' ? work.tools.memory.drop() : undefined),
    () => file?.remove(),
    () => parts.budget.releaseAll(),
  ];
  for (const free of steps) {
    try {
      await free();
    } catch (error) {
      parts.onTrouble(error);
    }
  }
  const { runId, policy, client, budget, clock } = parts;
  const wallMs = clock.nowMs() - startMs;
  return parts.counter.read({ runId, policy, client, outcome, peakBytes: budget.peak, wallMs });
}

function wrongMode(parts: ServedRunParts, request: string, mode: string): ForecastError {
  return new ForecastError(
    'failed-precondition',
    `${request} needs a run of mode ${mode}, run ${JSON.stringify(parts.runId)} has mode ` +
      parts.work.mode,
  );
}
