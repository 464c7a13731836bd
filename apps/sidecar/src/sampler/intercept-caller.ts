import {
  float32Tensor,
  float32View,
  walkTransformer,
  type CacheRun,
  type CallPlan,
  type FeatureAnswer,
  type FeatureCall,
  type FeatureSource,
  type Granularity,
  type InterceptStream,
  type LocalTensor,
  type ModelDescription,
  type SiteCall,
  type TransformerLayout,
  withBatch,
} from '@forecache/adapters';
import { ForecastError } from '@forecache/core';
import { JOINT_BRANCH } from './euler-sampler.js';
import type { JointShape } from './local-caller.js';
import type { NetworkCaller } from './network-caller.js';
import { planOfCall } from './plan-of-call.js';
import type { LaidOutTensor, TensorRoute } from './tensor-route.js';

/** What an intercepted run is made of. */
export interface InterceptedRun extends JointShape {
  readonly run: CacheRun;
  readonly stream: InterceptStream;
  readonly route: TensorRoute;
  readonly layout: TransformerLayout;
  readonly granularity: Granularity;
}

/** Name under which a route lays out the input of a site: the image for embed, hidden for all others. */
const IMAGE_INPUT = 'input:image';
const HIDDEN_INPUT = 'input:hidden';

/**
 * Walks the transformer here and sends its feature calls to the sidecar: one site a message at a full call,
 * everything that does not wait for each other in one message at a forecast call.
 */
export function createInterceptCaller(intercepted: InterceptedRun): NetworkCaller {
  const { run, layout, granularity, shape } = intercepted;
  return {
    async call({ callIndex, x }, signal) {
      const plan = await planOfCall(run, callIndex, signal);
      const source = createSidecarSource(intercepted, plan, signal);
      const input = float32Tensor(shape, x);
      const output = await walkTransformer({ layout, plan, granularity, input, source });
      return { velocity: float32View(output), action: plan.action.kind };
    },
  };
}

/** Every tensor that passes between an intercepted run and the sidecar, with the batch dimension first. */
export function interceptedTensors(description: ModelDescription, batch: number): LaidOutTensor[] {
  const { sites, input } = description;
  const hidden = sites.find(({ kind }) => kind === 'hidden')?.output;
  const inputs = [{ name: IMAGE_INPUT, type: input }];
  if (hidden !== undefined) inputs.push({ name: HIDDEN_INPUT, type: hidden });
  const outputs = sites.map(({ name, output }) => ({ name, type: output }));
  return [...inputs, ...outputs].map(({ name, type }) => ({ name, type: withBatch(type, batch) }));
}

function createSidecarSource(
  { stream, route }: InterceptedRun,
  plan: CallPlan,
  signal: AbortSignal,
): FeatureSource {
  const { callIndex } = plan;
  const send = (features: readonly FeatureCall[]) =>
    stream.call({ branch: JOINT_BRANCH, callIndex, features }, { signal });
  return {
    async features(calls) {
      const answers = await send(calls.map((call) => featureCall(route, call)));
      return calls.map(({ site }, i) => route.receive(site, outputOf(site, answers[i])));
    },
    async observe(site, feature) {
      const tensor = route.send(site, feature);
      await send([{ site, value: { kind: 'computed', tensor }, output: null }]);
    },
  };
}

function featureCall(route: TensorRoute, { site, input }: SiteCall): FeatureCall {
  return { site, value: inputValue(route, site, input), output: route.target(site) };
}

function inputValue(
  route: TensorRoute,
  site: string,
  input: LocalTensor | null,
): FeatureCall['value'] {
  if (input === null) return { kind: 'none' };
  const name = site === 'embed' ? IMAGE_INPUT : HIDDEN_INPUT;
  return { kind: 'input', tensor: route.send(name, input) };
}

function outputOf(site: string, answer: FeatureAnswer | undefined) {
  const output = answer?.output ?? null;
  if (answer?.site === site && output !== null) return output;
  const got = answer === undefined ? 'nothing' : `${answer.source} for ${answer.site}`;
  throw new ForecastError('internal', `the sidecar must answer ${site} with a tensor, got ${got}`);
}
