import type { CallPlan, HostRun } from '../model-host/model-host.js';
import { addGated } from '../model-host/walk/modulation.js';
import { transformerLayout } from '../model-host/transformer/transformer-layout.js';
import { walkTransformer } from '../model-host/walk/transformer-walk.js';
import { float32Tensor, float32View } from '../tensor/tensor-view.js';
import type { LocalTensor, PlacedTensor } from '../tensor/tensor.js';
import { inline, local } from './conformance-run.js';
import type { ConformanceRun } from './conformance-run.js';

/** A call of one branch and what it is made of. */
export interface ComposedCall {
  readonly branch: string;
  readonly input: PlacedTensor;
  /** Full and partial actions only. */
  readonly plan: CallPlan;
}

/** One call composed of single forwards, as a client does it. */
export async function composeCall(open: ConformanceRun, call: ComposedCall): Promise<LocalTensor> {
  const { branch, plan } = call;
  const forward = forwardsOf(open.run, branch, plan.callIndex);
  return walkTransformer({
    layout: transformerLayout(open.description),
    setup: open.setup,
    plan,
    input: local(call.input),
    source: {
      async features(sites) {
        const outputs: LocalTensor[] = [];
        for (const { site, input, action } of sites) {
          const selection = action.kind === 'partial' ? action.selection : null;
          outputs.push(await forward({ site, input, selection }));
        }
        return outputs;
      },
      observe: async () => undefined,
    },
  });
}

/** What the sites of one full call gave, put together with additions alone. */
export interface HandMadeCall {
  readonly embedded: LocalTensor;
  readonly modulation: LocalTensor;
  /** The hidden state after every branch. */
  readonly hidden: readonly Float32Array[];
  readonly output: Float32Array;
}

/**
 * A full call of branch `cond`, composed without the walk. `firstBlock` replaces what block 0 adds.
 */
export async function composeByHand(
  open: ConformanceRun,
  call: { readonly callIndex: number; readonly input: PlacedTensor },
  firstBlock: Float32Array | null = null,
): Promise<HandMadeCall> {
  const forward = forwardsOf(open.run, 'cond', call.callIndex);
  const layout = transformerLayout(open.description);
  const embedded = await forward({ site: 'embed', input: local(call.input) });
  const modulation = await forward({ site: 'modulation', input: null });
  const [batch = 0] = embedded.shape;
  const gates = { layout, batch, rows: float32View(modulation) };
  const values = new Float32Array(float32View(embedded));
  const state = float32Tensor(embedded.shape, values);
  const hidden: Float32Array[] = [];
  firstBlock?.forEach((value, index) => (values[index] = (values[index] ?? NaN) + value));
  for (const site of layout.branches) {
    if (site.block > 0 || firstBlock === null) {
      const branch = await forward({ site: site.name, input: state });
      addGated(values, float32View(branch), { modulation: gates, site });
    }
    hidden.push(values.slice());
  }
  const output = float32View(await forward({ site: 'head', input: state }));
  return { embedded, modulation, hidden, output };
}

/** What the first block of a call adds. */
export function firstBlockOf({ embedded, hidden }: HandMadeCall): Float32Array {
  const before = float32View(embedded);
  // Two branches a block.
  return Float32Array.from(hidden[1] ?? [], (value, index) => value - (before[index] ?? NaN));
}

interface OneForward {
  readonly site: string;
  readonly input: LocalTensor | null;
  readonly selection?: Parameters<HostRun['forward']>[0]['selection'];
}

function forwardsOf(run: HostRun, branch: string, callIndex: number) {
  return async ({ site, input, selection = null }: OneForward): Promise<LocalTensor> => {
    const placed = input === null ? null : inline(input);
    const request = { branch, callIndex, site, input: placed, output: null, keep: false };
    return local((await run.forward({ ...request, selection })).output);
  };
}
