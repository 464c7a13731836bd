import { ForecastError } from '@forecache/core';

import { withBatch } from '../../tensor/tensor-type.js';
import { float32Tensor, float32View } from '../../tensor/tensor-view.js';
import type { LocalTensor } from '../../tensor/tensor.js';
import type { CallKey, TokenSelection } from '../model-host.js';
import { branchShiftScale, headShiftScale } from '../walk/modulation.js';
import type { Modulation, ShiftScale } from '../walk/modulation.js';
import { notCached } from '../tokens/token-cache.js';
import type { BranchTokenCache } from '../tokens/token-cache.js';
import type { ChosenTokens } from '../tokens/token-rows.js';
import type { BranchSite, TransformerLayout } from './transformer-layout.js';
import type {
  BranchRequest,
  Embedded,
  ModulatedInput,
  TransformerNetwork,
} from './transformer-network.js';

/** What a call is made with. */
export interface CallInput extends CallKey {
  readonly image: LocalTensor;
  readonly timestep: number;
  readonly labels: BigInt64Array;
  readonly batch: number;
  /** The branch's; null where the run caches nothing by token. */
  readonly tokens: BranchTokenCache | null;
}

/**
 * One call of the network after its `embed`: knows the conditioning that the other sites need. Modulation is
 * computed once, when the first site needs it.
 */
export interface TransformerCall {
  readonly callIndex: number;
  /** [batch, tokens, width], for reading. */
  readonly embedded: LocalTensor;
  /** What the modulation is made from: [batch, width], for reading. */
  readonly conditioning: Float32Array;
  modulation(): Promise<Modulation>;
  /**
   * The output of any forwardable site but embed; `input` is null for modulation. With a selection only the chosen tokens
   * are computed, and the answer is the whole feature of the branch's token cache with them. What the token cache takes
   * from this call is staged there, not committed.
   */
  compute(
    site: string,
    input: LocalTensor | null,
    selection: TokenSelection | null,
  ): Promise<LocalTensor>;
}

/** Computes `embed`. */
export async function beginCall(
  network: TransformerNetwork,
  layout: TransformerLayout,
  input: CallInput,
): Promise<TransformerCall> {
  const { batch, callIndex } = input;
  const embedded = await network.embed({
    image: float32View(input.image),
    timestep: input.timestep,
    labels: input.labels,
    batch,
  });
  const modulation = once(() => computeModulation(network, layout, { embedded, batch }));
  const branches = createBranchCall(network, layout, input);
  return {
    callIndex,
    embedded: float32Tensor([batch, layout.tokens, layout.width], embedded.hidden),
    conditioning: embedded.conditioning,
    modulation,
    async compute(site, hidden, selection) {
      const known = await modulation();
      const branch = layout.branches.find(({ name }) => name === site);
      if (branch !== undefined) {
        const modulatedInput = modulated(hidden, batch, branchShiftScale(known, branch));
        if (selection === null) return branches.computeFull(branch, modulatedInput);
        return branches.computePartial(branch, modulatedInput, selection);
      }
      if (selection !== null) throw notCached(site);
      if (site === 'modulation') {
        return float32Tensor([batch, layout.rows, layout.width], known.rows);
      }
      if (site !== 'head') throw new ForecastError('internal', `site ${site} is not of a call`);
      const head = await network.head(modulated(hidden, batch, headShiftScale(known)));
      return float32Tensor(withBatch(network.description.output, batch).shape, head);
    },
  };
}

/** The branches of one call, with the token cache. */
function createBranchCall(
  network: TransformerNetwork,
  layout: TransformerLayout,
  { batch, callIndex, tokens }: CallInput,
) {
  const feature = (values: Float32Array) =>
    float32Tensor([batch, layout.tokens, layout.width], values);
  return {
    async computeFull({ name }: BranchSite, input: ModulatedInput): Promise<LocalTensor> {
      const measure = tokens?.measureOf(name) ?? null;
      const result = await network.branch(name, { ...input, chosen: null, measure });
      tokens?.stageFull(name, callIndex, result);
      return feature(result.branch);
    },
    async computePartial(
      { name }: BranchSite,
      input: ModulatedInput,
      selection: TokenSelection,
    ): Promise<LocalTensor> {
      if (tokens === null) throw notCached(name);
      const call = { site: name, callIndex, selection };
      const chosen = tokens.choose(call);
      const rows = await computeRows(network, name, { ...input, chosen, measure: null });
      return feature(tokens.stagePartial(call, chosen, rows));
    },
  };
}

async function computeRows(
  network: TransformerNetwork,
  site: string,
  request: BranchRequest & { readonly chosen: ChosenTokens },
): Promise<Float32Array> {
  if (request.chosen.count === 0) return new Float32Array();
  return (await network.branch(site, request)).branch;
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
