import { ForecastError } from '@forecache/core';

import { withBatch } from '../tensor/tensor-type.js';
import { float32Tensor, float32View } from '../tensor/tensor-view.js';
import type { LocalTensor } from '../tensor/tensor.js';
import type { CallKey } from './model-host.js';
import { branchShiftScale, headShiftScale } from './modulation.js';
import type { Modulation, ShiftScale } from './modulation.js';
import type { TransformerLayout } from './transformer-layout.js';
import type { Embedded, TransformerNetwork } from './transformer-network.js';

/** What a call is made with. */
export interface CallInput extends CallKey {
  readonly image: LocalTensor;
  readonly timestep: number;
  readonly labels: BigInt64Array;
  readonly batch: number;
}

/**
 * One call of the network after its `embed`: knows the conditioning that the other sites need. Modulation is
 * computed once, when the first site needs it.
 */
export interface TransformerCall {
  readonly callIndex: number;
  readonly embedded: LocalTensor;
  /** The output of any forwardable site but embed. `input` is null for modulation. */
  compute(site: string, input: LocalTensor | null): Promise<LocalTensor>;
}

/** Computes `embed`. */
export async function beginCall(
  network: TransformerNetwork,
  layout: TransformerLayout,
  input: CallInput,
): Promise<TransformerCall> {
  const { batch } = input;
  const embedded = await network.embed({
    image: float32View(input.image),
    timestep: input.timestep,
    labels: input.labels,
    batch,
  });
  const modulation = once(() => computeModulation(network, layout, { embedded, batch }));
  const hiddenShape = [batch, layout.tokens, layout.width];
  return {
    callIndex: input.callIndex,
    embedded: float32Tensor(hiddenShape, embedded.hidden),
    async compute(site, hidden) {
      const known = await modulation();
      if (site === 'modulation')
        return float32Tensor([batch, layout.rows, layout.width], known.rows);
      if (site === 'head') {
        const head = await network.head(modulated(hidden, batch, headShiftScale(known)));
        return float32Tensor(withBatch(network.description.output, batch).shape, head);
      }
      const branch = layout.branches.find(({ name }) => name === site);
      if (branch === undefined) throw new ForecastError('internal', `site ${site} is no branch`);
      const input = modulated(hidden, batch, branchShiftScale(known, branch));
      return float32Tensor(hiddenShape, await network.branch(site, input));
    },
  };
}

async function computeModulation(
  network: TransformerNetwork,
  layout: TransformerLayout,
  call: { readonly embedded: Embedded; readonly batch: number },
): Promise<Modulation> {
  const rows = await network.modulation(call.embedded.conditioning, call.batch);
  return { layout, batch: call.batch, rows };
}

function modulated(hidden: LocalTensor | null, batch: number, shiftScale: ShiftScale) {
  if (hidden === null) throw new ForecastError('internal', 'a branch or head without an input');
  return { hidden: float32View(hidden), batch, ...shiftScale };
}

/** Remembers a success; a failure is tried again by the next caller. */
function once<Result>(compute: () => Promise<Result>): () => Promise<Result> {
  let known: Promise<Result> | null = null;
  return () => {
    known ??= compute().catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
}
