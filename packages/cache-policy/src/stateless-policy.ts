import type { CachePolicy, CallContext, Decision, RunDescription } from './cache-policy.js';

/** The parts of a policy that remembers nothing: decisions follow from the context alone. */
export interface StatelessPolicyParts {
  readonly name: string;
  /** What `toString` prints. */
  readonly label: string;
  readonly historySize: number;
  readonly decide: (context: CallContext) => Decision;
  /** Default: the run as it is. */
  readonly planRun?: (run: RunDescription) => RunDescription;
  /** Default: no reason of its own. */
  readonly explainFull?: (run: RunDescription) => string | null;
}

/** The decision to compute everything. */
export const FULL: Decision = Object.freeze({ kind: 'full' });

/** The decision to take the newest feature as it is. */
export const REUSE: Decision = Object.freeze({ kind: 'reuse' });

/** Fills in what a policy without state has in common: asked at run start, `observe` and `reset` do nothing. */
export function createStatelessPolicy(parts: StatelessPolicyParts): CachePolicy {
  const { name, label, historySize, decide } = parts;
  return Object.freeze({
    name,
    asksAt: 'run-start',
    historySize,
    planRun: parts.planRun ?? ((run: RunDescription) => run),
    explainFull: parts.explainFull ?? (() => null),
    decide,
    observe: () => undefined,
    reset: () => undefined,
    toString: () => label,
  });
}
