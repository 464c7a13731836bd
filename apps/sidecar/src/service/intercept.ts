import {
  assertSameType,
  byteLength,
  type FeatureAnswer,
  type InterceptCall,
  type PlacedTensor,
} from '@forecache/adapters';
import { ForecastError } from '@forecache/core';
import type { TrueFeature } from './feature-memory.js';
import { batchOf, planFeatures, type FeatureStep, type InterceptContext } from './feature-step.js';
import { assertWithinLimit, type ServiceLimits } from './limits.js';
import type { RunHost } from './run-host.js';

/** What answering takes beyond checking. */
export interface InterceptTools extends InterceptContext {
  readonly host: RunHost;
  readonly limits: ServiceLimits;
}

/** One answer and what it leaves behind, once the whole message has succeeded. */
export interface AnsweredFeature {
  readonly step: FeatureStep;
  readonly answer: FeatureAnswer;
}

interface ExecutedFeature extends AnsweredFeature {
  readonly feature: TrueFeature | null;
}

/**
 * Answers the feature calls of one message, in order. All are checked before the first is answered and
 * histories move after the last, so that a message that fails leaves the run as it was.
 */
export async function interceptCall(
  tools: InterceptTools,
  call: InterceptCall,
  signal: AbortSignal,
): Promise<readonly AnsweredFeature[]> {
  assertWithinLimit(tools.limits, {
    limit: 'maxFeatures',
    what: 'features in one message',
    asked: call.features.length,
  });
  batchOf(tools, call.branch);
  tools.decisions.assertCall(call);
  const steps = planFeatures(tools, call);
  assertReplyFits(steps, tools.limits);
  const executed: ExecutedFeature[] = [];
  for (const step of steps) executed.push(await execute(tools, step, signal));
  for (const { step, feature } of executed) {
    if (feature !== null) tools.memory.store(step, feature);
  }
  return executed;
}

async function execute(
  tools: InterceptTools,
  step: FeatureStep,
  signal: AbortSignal,
): Promise<ExecutedFeature> {
  const { site, callIndex } = step;
  switch (step.kind) {
    case 'compute':
      return { step, feature: null, answer: { site, source: 'compute', output: null } };
    case 'store': {
      const feature = step.isStored ? { callIndex, tensor: step.tensor, kept: null } : null;
      return { step, feature, answer: { site, source: 'stored', output: null } };
    }
    case 'forecast': {
      const output = await tools.memory.forecast({ ...step, signal });
      return { step, feature: null, answer: { site, source: 'forecast', output } };
    }
    case 'forward':
      return forward(tools, step, signal);
  }
}

async function forward(
  { host, memory }: InterceptTools,
  step: FeatureStep & { readonly kind: 'forward' },
  signal: AbortSignal,
): Promise<ExecutedFeature> {
  const { branch, callIndex, site, input, selection, output: region } = step;
  const keep = step.isStored && memory.keepsOnHost;
  const request = { branch, callIndex, site, input, output: region, keep, selection };
  const { output, kept } = await host.forward(request, signal);
  assertHostAnswer(host, step, output);
  const feature = step.isStored ? { callIndex, tensor: output, kept } : null;
  const source = selection === null ? 'forwarded' : 'partial';
  return { step, feature, answer: { site, source, output } };
}

/** A host that answers something else than it described is broken; its tensor must not enter a history. */
function assertHostAnswer(host: RunHost, step: FeatureStep, output: PlacedTensor): void {
  try {
    assertSameType(`output of site ${JSON.stringify(step.site)}`, step.type, output);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ForecastError('internal', `model host ${host.address}: ${message}`, { cause: error });
  }
}

function assertReplyFits(steps: readonly FeatureStep[], limits: ServiceLimits): void {
  const inline = steps.filter(
    (step) => step.output === null && (step.kind === 'forward' || step.kind === 'forecast'),
  );
  assertWithinLimit(limits, {
    limit: 'maxMessageBytes',
    what: 'inline bytes of one reply',
    asked: inline.reduce((sum, step) => sum + byteLength(step.type), 0),
  });
}
