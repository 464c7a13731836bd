import { invalidArgument } from '@forecache/core';
import type { CachePolicy, CallContext, PolicySetup, RunDescription } from './cache-policy.js';
import { requireNetwork, residualSite } from './network-shape.js';
import type { PolicyDefinition } from './policy-definition.js';
import {
  compileOptions,
  integerOption,
  numberOption,
  printPolicy,
  type OptionTable,
} from './policy-options.js';
import { probe } from './probe.js';
import { createStatelessPolicy, FULL, measuringSetup, REUSE } from './stateless-policy.js';

/** Options of `first-block-cache`. */
export interface FirstBlockCacheOptions {
  /** Skips while the first blocks changed by at most this since the last full call; default 0.05. 0 or less is off. */
  readonly threshold?: number;
  /** Fn: first blocks, always computed; >= 1, default 1. */
  readonly blocks?: number;
  /** Bn: last blocks, always computed; >= 0, default 0. */
  readonly rear?: number;
}

const NAME = 'first-block-cache';

const OPTIONS: OptionTable<Required<FirstBlockCacheOptions>> = Object.freeze({
  threshold: numberOption({
    defaultValue: 0.05,
    aliases: ['residual_diff_threshold', 'rdt'],
    summary: 'Largest change of the first blocks at which the others are reused; 0 or less is off.',
  }),
  blocks: integerOption({
    minimum: 1,
    defaultValue: 1,
    aliases: ['Fn_compute_blocks', 'Fn'],
    summary: 'Fn: first blocks, always computed and measured.',
  }),
  rear: integerOption({
    minimum: 0,
    defaultValue: 0,
    aliases: ['Bn_compute_blocks', 'Bn'],
    summary: 'Bn: last blocks, always computed.',
  }),
});

/**
 * Computes the first blocks, and reuses what the others add while the first ones add almost the same as at the last full
 * call. Source: diffusers' `first_block_cache`; with more first and last blocks, DBCache of cache-dit. It remembers nothing:
 * the host compares with the last full call. A threshold of 1 is no special case, and the last call is not forced.
 */
export function createFirstBlockCachePolicy(options: FirstBlockCacheOptions = {}): CachePolicy {
  const compiled = compileOptions(OPTIONS, options);
  const { threshold } = compiled;
  return createStatelessPolicy({
    name: NAME,
    label: printPolicy({ name: NAME, table: OPTIONS }, compiled, ['threshold', 'blocks']),
    asksAt: 'after-first-blocks',
    historySize: 1,
    granularities: Object.freeze(['residual'] as const),
    setup: (run) => setupFor(run, compiled),
    explainFull: ({ calls }) => {
      if (threshold <= 0) return `threshold is ${threshold}`;
      return calls === 1 ? 'the run has one call' : null;
    },
    decide: ({ fullCalls, scalars }: CallContext) => {
      const change = scalars['first-blocks-change'] ?? Infinity;
      return threshold > 0 && fullCalls.length > 0 && change <= threshold ? REUSE : FULL;
    },
  });
}

export const FIRST_BLOCK_CACHE_DEFINITION: PolicyDefinition<Required<FirstBlockCacheOptions>> =
  Object.freeze({
    name: NAME,
    summary: 'Computes the first blocks and reuses the others while these hardly change.',
    table: OPTIONS,
    create: createFirstBlockCachePolicy,
  });

function setupFor(
  run: RunDescription,
  { blocks, rear }: Required<FirstBlockCacheOptions>,
): PolicySetup {
  const network = requireNetwork(run, NAME);
  if (blocks + rear >= network.blocks) {
    const rule = `less than the network’s ${network.blocks} blocks`;
    throw invalidArgument('blocks + rear', rule, blocks + rear);
  }
  const kept = residualSite(blocks, network.blocks - 1 - rear);
  const measuring = measuringSetup(probe('first-blocks-change', { count: blocks }));
  return Object.freeze({ ...measuring, sites: Object.freeze([kept]) });
}
