import type {
  CachePolicy,
  CallContext,
  CallResult,
  Decision,
  PolicySetup,
} from '@forecache/cache-policy';

/** A policy of a test: full compute at run start unless it says something else. */
export function fakePolicy(changes: Partial<CachePolicy>): CachePolicy {
  const nothing: PolicySetup = { sites: [], tokenCache: null, probes: [] };
  return {
    name: 'fake',
    asksAt: 'run-start',
    historySize: 1,
    granularities: ['module', 'block', 'residual', 'hidden', 'output', 'change'],
    setup: () => nothing,
    planRun: (run) => run,
    explainFull: () => null,
    decide: () => ({ kind: 'full' }),
    observe: () => undefined,
    reset: () => undefined,
    toString: () => 'fake()',
    ...changes,
  };
}

/** What a fake policy was asked and told, in order. */
export interface PolicyLog {
  readonly asked: CallContext[];
  readonly told: { readonly context: CallContext; readonly result: CallResult }[];
}

/**
 * A policy like TeaCache: adds up how much the modulated input changes and computes when that reaches `threshold`; 0
 * is off. Also has the output's rate measured after every computed call, and notes everything.
 */
export function accumulatingPolicy(threshold: number, log: PolicyLog = { asked: [], told: [] }) {
  const sums = new Map<string, number>();
  const sumWith = ({ branch, scalars }: CallContext) =>
    (sums.get(branch) ?? 0) + (scalars['modulated-input-change'] ?? Infinity);
  const isSkipped = (context: CallContext) =>
    context.fullCalls.length > 0 && sumWith(context) < threshold;
  return fakePolicy({
    name: 'accumulating',
    asksAt: 'call-start',
    granularities: ['residual', 'module', 'hidden', 'output', 'block', 'change'],
    setup: () => ({
      sites: [],
      tokenCache: null,
      probes: [
        { kind: 'modulated-input-change', count: 0, site: '' },
        { kind: 'output-rate', count: 0, site: '' },
      ],
    }),
    decide(context): Decision {
      log.asked.push(context);
      return isSkipped(context) ? { kind: 'reuse' } : { kind: 'full' };
    },
    observe(context, result) {
      log.told.push({ context, result });
      sums.set(context.branch, result.kind === 'full' ? 0 : sumWith(context));
    },
    reset: () => sums.clear(),
    toString: () => `accumulating(threshold=${threshold})`,
  });
}
