import type { NetworkShape, Probe, RunDescription } from '@forecache/cache-policy';
import { layerTable } from '@forecache/model-catalog';

/** Measured numbers by name. */
export type Scalars = Readonly<Record<string, number>>;

/** FLUX.1 at 1024 x 1024: 19 double blocks of four modules and 38 single ones; 57 blocks, 114 modules. */
export const FLUX: NetworkShape = layerTable('flux.1-dev');

const CALLS = 50;

/** Fifty calls of it, timesteps falling from 1. */
export const FLUX_RUN: RunDescription = Object.freeze({
  steps: CALLS,
  calls: CALLS,
  timesteps: Array.from({ length: CALLS }, (_, call) => 1 - call / CALLS),
  sigmas: Array.from({ length: CALLS }, (_, call) => 1 - call / CALLS),
  network: FLUX,
});

/**
 * What a host could measure for these probes: changes of a few percent, large in the first calls, so that policies with
 * thresholds both compute and skip, and inner products of features that decay and turn.
 */
export function measurements(probes: readonly Probe[], callIndex: number): Scalars {
  const change = 0.04 + 0.1 * Math.exp(-callIndex / 5);
  return Object.assign({}, ...probes.map((probe) => measured(probe, callIndex, change)));
}

function measured({ kind, count }: Probe, callIndex: number, change: number): Scalars {
  switch (kind) {
    case 'output-rate':
      return { 'output-size': 1, 'output-change': change, 'input-span': 2 * change };
    case 'feature-gram':
      return gram(callIndex, count);
    default:
      return { [kind]: change };
  }
}

/** Of the newest features at an interval of five calls. Products of features that do not exist yet are not read. */
function gram(callIndex: number, count: number): Scalars {
  const features = Array.from({ length: count }, (_, j) => featureAt(callIndex - 5 * j));
  const entries = features.flatMap((left, i) =>
    features.slice(i).map((right, offset) => {
      const product = left.reduce((sum, value, k) => sum + value * (right[k] ?? NaN), 0);
      return [`gram.${i}.${i + offset}`, product] as const;
    }),
  );
  return Object.fromEntries(entries);
}

function featureAt(call: number): readonly number[] {
  const turn = call / 8;
  return [2, 0.97 ** call, 0.95 ** call * Math.cos(turn), 0.95 ** call * Math.sin(turn)];
}
