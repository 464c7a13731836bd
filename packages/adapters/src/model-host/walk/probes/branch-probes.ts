import { ForecastError } from '@forecache/core';

import type { RunSetup, Scalars } from '../../model-host.js';
import type { TransformerLayout } from '../../transformer/transformer-layout.js';
import { measureAfter, measureBefore } from './measure.js';
import type { ProbedRun } from './measure.js';
import { NO_MEMORY, remember } from './probe-memory.js';
import type { ProbeMemory, SeenBefore } from './probe-memory.js';
import { probeNeeds } from './probe-needs.js';
import type { ProbeNeeds } from './probe-needs.js';

/** The probes of one branch of a run, wherever its calls are walked: on a host, or at an intercept client. */
export interface BranchProbes {
  readonly needs: ProbeNeeds;
  /**
   * The probes of a call. Nothing is remembered before its `commit`. The newest call that was committed may be begun
   * again and measures the same again; an earlier one is refused.
   */
  beginCall(callIndex: number): CallProbes;
}

/** The probes of one call, told what the walk sees in this order. Arrays are copied where they are kept. */
export interface CallProbes {
  /** Measures before the call. */
  before(seen: SeenBefore): Scalars;
  /** A feature that the call computed. */
  feature(site: string, feature: Float32Array): void;
  /** Measures after the call. */
  after(end: { readonly output: Float32Array; readonly isComputed: boolean }): Scalars;
  /** Makes this call the one before the next. */
  commit(): void;
}

/** Probes that have seen no call. What they remember is memory of the process, not of a run's limit. */
export function createBranchProbes(setup: RunSetup, layout: TransformerLayout): BranchProbes {
  const run: ProbedRun = { setup, layout };
  const needs = probeNeeds(setup);
  let newest = { callIndex: -1, before: NO_MEMORY, after: NO_MEMORY };
  const memoryBefore = (callIndex: number): ProbeMemory => {
    if (callIndex === newest.callIndex) return newest.before;
    if (callIndex > newest.callIndex) return newest.after;
    const message = `call ${callIndex} cannot be measured after call ${newest.callIndex}`;
    throw new ForecastError('failed-precondition', message);
  };
  return {
    needs,
    beginCall(callIndex) {
      const memory = memoryBefore(callIndex);
      return callProbes(run, { needs, memory }, (after) => {
        if (setup.probes.length > 0) newest = { callIndex, before: memory, after };
      });
    },
  };
}

function callProbes(
  run: ProbedRun,
  known: { readonly needs: ProbeNeeds; readonly memory: ProbeMemory },
  onCommit: (memory: ProbeMemory) => void,
): CallProbes {
  const { needs, memory } = known;
  const features = new Map<string, Float32Array>();
  let seen: SeenBefore = {
    input: null,
    modulatedInput: null,
    conditioning: null,
    firstBlocks: null,
  };
  let after = memory;
  return {
    before(given) {
      seen = {
        ...given,
        input: needs.input ? (given.input?.slice() ?? null) : null,
        conditioning: given.conditioning?.slice() ?? null,
      };
      return measureBefore(seen, memory, run);
    },
    feature(site, feature) {
      if (needs.features.has(site)) features.set(site, feature.slice());
    },
    after({ output, isComputed }) {
      const call = { ...seen, output: needs.output ? output.slice() : null, isComputed, features };
      after = remember(memory, call, needs);
      return measureAfter(call, memory, run);
    },
    commit: () => onCommit(after),
  };
}
