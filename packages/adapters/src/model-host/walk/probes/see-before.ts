import { ForecastError } from '@forecache/core';

import { float32View } from '../../../tensor/tensor-view.js';
import { modulationOf, openingCalls } from '../call-opening.js';
import type { OpenCall } from '../call-opening.js';
import { knownFeature, learn } from '../feature-source.js';
import type { FeatureSource } from '../feature-source.js';
import type { HiddenMemory } from '../hidden-memory.js';
import { difference } from '../tensor-difference.js';
import { modulatedInput } from './modulated-input.js';
import type { SeenBefore } from './probe-memory.js';
import type { ProbeNeeds } from './probe-needs.js';

/** A call and the memory that its hidden state is in. */
type CallToSee = OpenCall & { readonly hidden: HiddenMemory };

/** Computes what the probes measure before a call, and no more. What was computed is known afterwards. */
export async function seeBefore(call: CallToSee, needs: ProbeNeeds): Promise<SeenBefore> {
  const { source, known } = call;
  const needsRows = needs.modulatedInput || needs.firstBlocks > 0;
  if (needsRows) await learn(source, known, openingCalls(call, ['embed', 'modulation']));
  else if (needs.conditioning) await learn(source, known, openingCalls(call, ['embed']));
  return {
    input: needs.input ? float32View(call.input) : null,
    modulatedInput: needs.modulatedInput ? firstModulatedInput(call) : null,
    conditioning: needs.conditioning ? conditioningOf(source) : null,
    firstBlocks: needs.firstBlocks > 0 ? await addFirstBlocks(call, needs.firstBlocks) : null,
  };
}

function firstModulatedInput(call: OpenCall): Float32Array {
  const embedded = knownFeature(call.known, 'embed');
  return modulatedInput(float32View(embedded), modulationOf(call));
}

function conditioningOf(source: FeatureSource): Float32Array {
  if (source.conditioning !== undefined) return source.conditioning();
  const reason = 'the conditioning does not leave the model host; use a run in plan or proxy mode';
  throw new ForecastError('unimplemented', `probe conditioning-change: ${reason}`);
}

/** What the first blocks add to the hidden state. */
async function addFirstBlocks(call: CallToSee, blocks: number): Promise<Float32Array> {
  const { layout, source, known } = call;
  const embedded = knownFeature(known, 'embed');
  const modulation = modulationOf(call);
  const hidden = call.hidden.begin(embedded);
  for (const site of layout.branches.slice(0, 2 * blocks)) {
    await learn(source, known, [
      { site: site.name, input: hidden.tensor, action: { kind: 'full' } },
    ]);
    hidden.addBranch(knownFeature(known, site.name), { modulation, site });
  }
  return float32View(difference(hidden.tensor, embedded));
}
