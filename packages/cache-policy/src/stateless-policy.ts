import type {
  AskTime,
  CachePolicy,
  CallContext,
  Decision,
  PolicySetup,
  RunDescription,
} from './cache-policy.js';
import type { Granularity } from './network-shape.js';
import type { Probe } from './probe.js';

/** The parts of a policy that remembers nothing: decisions follow from the context alone. */
export interface StatelessPolicyParts {
  readonly name: string;
  /** What `toString` prints. */
  readonly label: string;
  readonly historySize: number;
  readonly decide: (context: CallContext) => Decision;
  /** Default `run-start`. Later for one that decides from what is measured before the call alone. */
  readonly asksAt?: AskTime;
  /** Default: any, `module` by itself. */
  readonly granularities?: readonly Granularity[];
  /** Default: every site of the granularity, nothing else. */
  readonly setup?: CachePolicy['setup'];
  /** Default: the run as it is. */
  readonly planRun?: (run: RunDescription) => RunDescription;
  /** Default: no reason of its own. */
  readonly explainFull?: (run: RunDescription) => string | null;
}

/** Every granularity, the paper's first: for decisions that mean all kept sites. */
export const ANY_GRANULARITY: readonly Granularity[] = Object.freeze([
  'module',
  'block',
  'residual',
  'hidden',
  'output',
  'change',
]);

/** The same with another default. */
export function anyGranularity(first: Granularity): readonly Granularity[] {
  return Object.freeze([first, ...ANY_GRANULARITY.filter((other) => other !== first)]);
}

/** A setup that measures and otherwise is plain: every site of the granularity, no tokens. */
export function measuringSetup(...probes: readonly Probe[]): PolicySetup {
  return Object.freeze({ ...PLAIN_SETUP, probes: Object.freeze(probes) });
}

/** Every site of the granularity, no tokens, nothing measured. */
export const PLAIN_SETUP: PolicySetup = Object.freeze({
  sites: Object.freeze([]),
  tokenCache: null,
  probes: Object.freeze([]),
});

/** The decision to compute everything. */
export const FULL: Decision = Object.freeze({ kind: 'full' });

/** The decision to take the newest feature as it is. */
export const REUSE: Decision = Object.freeze({ kind: 'reuse' });

/** Fills in what policies without state have in common: `observe` and `reset` do nothing. */
export function createStatelessPolicy(parts: StatelessPolicyParts): CachePolicy {
  const { name, label, historySize, decide } = parts;
  return Object.freeze({
    name,
    asksAt: parts.asksAt ?? 'run-start',
    historySize,
    granularities: parts.granularities ?? ANY_GRANULARITY,
    setup: parts.setup ?? (() => PLAIN_SETUP),
    planRun: parts.planRun ?? ((run: RunDescription) => run),
    explainFull: parts.explainFull ?? (() => null),
    decide,
    observe: () => undefined,
    reset: () => undefined,
    toString: () => label,
  });
}
