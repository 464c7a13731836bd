import type { CachePolicy, RunDescription } from './cache-policy.js';
import { RULES, type Rule } from './conformance-rules.js';
import { TEST_NETWORK } from './synthetic-host.js';

/** A policy to hold to the rules that every policy obeys. */
export interface ConformanceSubject {
  /** A fresh policy at each call. */
  readonly create: () => CachePolicy;
  /** The same policy switched off (interval 1, threshold 0), when it has such a setting. */
  readonly createOff?: () => CachePolicy;
  /** Text that `toString` must contain besides the name: an option as it is printed. */
  readonly printed?: readonly string[];
  /** Runs to try; default 1, 2, 10 and 50 calls of a small network. */
  readonly runs?: readonly RunDescription[];
  /** Whether branches share decisions on purpose; default false. */
  readonly sharesBranches?: boolean;
}

/** One rule. `run` throws when the policy breaks it; any test runner can call it. */
export interface ConformanceCheck {
  readonly title: string;
  readonly run: () => void;
}

const RUNS: readonly RunDescription[] = Object.freeze(
  [1, 2, 10, 50].map((calls) => Object.freeze({ steps: calls, calls, network: TEST_NETWORK })),
);

/** The checks that every policy must pass, one per rule. A synthetic host measures what the policy asks for. */
export function policyConformance(subject: ConformanceSubject): readonly ConformanceCheck[] {
  const { runs = RUNS } = subject;
  return Object.entries(RULES).map(([title, rule]: [string, Rule]) => ({
    title,
    run: () => rule(subject, runs),
  }));
}
