import { createGatedSum, ForecastError } from '@forecache/core';
import type { GatedSum, Gates } from '@forecache/core';

import { float32Tensor, float32View } from '../../tensor/tensor-view.js';
import type { LocalTensor } from '../../tensor/tensor.js';
import { gatesOf } from './modulation.js';
import type { Modulation } from './modulation.js';
import type { BranchSite } from '../transformer/transformer-layout.js';

/** The hidden state of one call: its embedded input and what was added to it so far. */
export interface HiddenState {
  /** [batch, tokens, width], in place: it changes with every addition. */
  readonly tensor: LocalTensor;
  /** hidden += gate * branch, product and sum rounded to float32 each, as the exported graph does it. */
  addBranch(
    branch: LocalTensor,
    at: { readonly modulation: Modulation; readonly site: BranchSite },
  ): void;
  /** hidden += residual, in float32. */
  addResidual(residual: LocalTensor): void;
}

/** Memory for the hidden states of one branch's calls, which come one after the other. */
export interface HiddenMemory {
  /** Begins a state with a copy of `embedded`, [batch, tokens, width]. The state before is over: its memory is this one's. */
  begin(embedded: LocalTensor): HiddenState;
}

/** How memory is made. */
export interface HiddenMemoryOptions {
  /** As `createGatedSum` takes it: by default WebAssembly SIMD where the host has it. */
  readonly useSimd?: boolean;
}

/**
 * Memory that is taken when the first call begins and kept for the next ones, as long as they are of one size. It is the
 * process's own and does not count to a run's limit.
 */
export function createHiddenMemory(options: HiddenMemoryOptions = {}): HiddenMemory {
  let kept: KeptSum | null = null;
  let begun = 0;
  return {
    begin(embedded) {
      kept = isOfSize(kept, embedded) ? kept : openSum(embedded, options);
      const { sum, ones } = kept;
      begun += 1;
      const call = begun;
      sum.hidden.set(float32View(embedded));
      const add = (feature: LocalTensor, gates: Gates) => {
        if (call !== begun)
          throw new ForecastError('internal', 'a newer call has begun in this memory');
        sum.add(float32View(feature), gates);
      };
      return {
        tensor: float32Tensor(embedded.shape, sum.hidden),
        addBranch: (branch, { modulation, site }) => add(branch, gatesOf(modulation, site)),
        // A product with 1 is exact.
        addResidual: (residual) => add(residual, { rows: ones, first: 0, stride: 0 }),
      };
    },
  };
}

/** A sum and a row of gates that are 1. */
interface KeptSum {
  readonly sum: GatedSum;
  readonly shape: readonly number[];
  readonly ones: Float32Array;
}

function openSum({ shape }: LocalTensor, options: HiddenMemoryOptions): KeptSum {
  const [batch = 0, tokens = 0, width = 0] = shape;
  const sum = createGatedSum({ batch, tokens, width, ...options });
  return { sum, shape, ones: new Float32Array(width).fill(1) };
}

function isOfSize(kept: KeptSum | null, { shape }: LocalTensor): kept is KeptSum {
  return kept !== null && kept.shape.every((size, axis) => size === shape[axis]);
}
