import type {
  CachePolicy,
  CallContext,
  CallResult,
  Decision,
  RunDescription,
} from './cache-policy.js';
import { decideCall, isFullCall, type CallPlan } from './decide-call.js';
import { compileRunSetup } from './run-plan.js';
import { createSyntheticHost, type Scalars, type SyntheticHost } from './synthetic-host.js';

/** A branch of a run with the host that plays it. */
export interface Walk {
  readonly policy: CachePolicy;
  readonly run: RunDescription;
  readonly branch?: string;
  /** Default: a synthetic host that measures what the policy asks for. */
  readonly host?: SyntheticHost;
}

/** One call, decided and not yet made. */
export interface Step {
  readonly context: CallContext;
  readonly decision: Decision;
  readonly plan: CallPlan;
}

/** A host that measures nothing. */
export const SILENT_HOST: SyntheticHost = Object.freeze({ before: () => ({}), run: () => ({}) });

/** A host for a policy's run at its own granularity. */
export function hostFor(policy: CachePolicy, run: RunDescription, phase = 0): SyntheticHost {
  return createSyntheticHost(compileRunSetup({ policy, run }).probes, phase);
}

/** A host that notes which numbers it gave and which of them were read. */
export function createWitness(host: SyntheticHost) {
  const given = new Set<string>();
  const read = new Set<string>();
  const watch = (scalars: Scalars): Scalars => {
    Object.keys(scalars).forEach((name) => given.add(name));
    return new Proxy(scalars, {
      get(target, name) {
        read.add(String(name));
        return typeof name === 'string' ? target[name] : undefined;
      },
    });
  };
  const witness: SyntheticHost = {
    before: (call) => watch(host.before(call)),
    run: (call, kind) => watch(host.run(call, kind)),
  };
  return { host: witness, given, read };
}

/** Plays a run call by call, telling the policy what was done after each. */
export function* steps({ policy, run, branch = 'joint', ...walk }: Walk): Generator<Step> {
  const planned = policy.planRun(run);
  const host = walk.host ?? hostFor(policy, planned);
  const fullCalls: number[] = [];
  for (let callIndex = 0; callIndex < planned.calls; callIndex++) {
    const scalars = host.before(callIndex);
    const context = { run: planned, branch, callIndex, fullCalls: [...fullCalls], scalars };
    const plan = decideCall(policy, context);
    yield { context, decision: policy.decide(context), plan };
    const kind = kindOf(plan);
    if (kind === 'full') fullCalls.push(callIndex);
    policy.observe(context, { kind, scalars: host.run(callIndex, kind) });
  }
}

/** The plans of a whole run. */
export function walk(options: Walk): CallPlan[] {
  return [...steps(options)].map((step) => step.plan);
}

/** What the call does as a whole: partial where only single sites differ from full. */
function kindOf(plan: CallPlan): CallResult['kind'] {
  return plan.action.kind === 'full' && !isFullCall(plan) ? 'partial' : plan.action.kind;
}
