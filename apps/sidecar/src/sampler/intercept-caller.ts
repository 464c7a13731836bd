import {
  beginWalk,
  callKind,
  createBranchProbes,
  createHiddenMemory,
  describeSite,
  float32Tensor,
  float32View,
  measuresAfter,
  withBatch,
  type FeatureAnswer,
  type FeatureCall,
  type FeatureSource,
  type InterceptStream,
  type LocalTensor,
  type ModelDescription,
  type SiteCall,
  type TransformerLayout,
} from '@forecache/adapters';
import { ForecastError } from '@forecache/core';
import { JOINT_BRANCH } from './joint-branch.js';
import type { JointShape } from './local-caller.js';
import type { NetworkCaller } from './network-caller.js';
import { planOfCall } from './plan-of-call.js';
import { createReporter, type ReporterOptions } from './reporter.js';
import type { LaidOutTensor, TensorRoute } from './tensor-route.js';

/** What an intercepted run is made of. */
export interface InterceptedRun extends JointShape, ReporterOptions {
  readonly stream: InterceptStream;
  readonly route: TensorRoute;
  readonly layout: TransformerLayout;
}

/** Name under which a route lays out the input of a site: the image for embed, hidden for all others. */
const IMAGE_INPUT = 'input:image';
const HIDDEN_INPUT = 'input:hidden';

/** What a client says of a call that its feature calls told already. */
const COUNTED_ALREADY = Object.freeze({ forwarded: 0, forecast: 0, partial: 0 });

/**
 * Walks the transformer here and sends its feature calls to the sidecar: one site a message where it is computed,
 * everything that does not wait for each other in one message where it is forecast. A policy that decides from
 * measurements is asked once they are taken: before the first feature that it decides about.
 */
export function createInterceptCaller(intercepted: InterceptedRun): NetworkCaller {
  const { run, layout, shape } = intercepted;
  const { setup } = run;
  const probes = setup.probes.length === 0 ? null : createBranchProbes(setup, layout);
  const hidden = createHiddenMemory();
  const reports = createReporter(intercepted);
  return {
    async call({ callIndex, x }, signal) {
      const startedMs = performance.now();
      const source = createSidecarSource(intercepted, callIndex, signal);
      const input = float32Tensor(shape, x);
      const call = { layout, setup, callIndex, input, source, probes, hidden };
      const walk = await beginWalk(call);
      const plan = await planOfCall(run, { callIndex, scalars: walk.scalars }, signal);
      const { output, scalars, commit } = await walk.finish(plan);
      commit();
      if (measuresAfter(setup)) {
        const action = callKind(plan);
        const wallUs = Math.round((performance.now() - startedMs) * 1000);
        const key = { branch: JOINT_BRANCH, callIndex };
        await reports.send({ ...key, ...COUNTED_ALREADY, action, wallUs, scalars }, signal);
        await reports.settled();
      }
      return { velocity: float32View(output), plan };
    },
  };
}

/** Every tensor that passes between an intercepted run and the sidecar, with the batch dimension first. */
export function interceptedTensors(
  description: ModelDescription,
  { batch, keptSites }: { readonly batch: number; readonly keptSites: readonly string[] },
): LaidOutTensor[] {
  const { sites, input } = description;
  const hidden = sites.find(({ kind }) => kind === 'hidden')?.output;
  const inputs = [{ name: IMAGE_INPUT, type: input }];
  if (hidden !== undefined) inputs.push({ name: HIDDEN_INPUT, type: hidden });
  const names = new Set([...sites.map(({ name }) => name), ...keptSites]);
  const outputs = [...names].map((name) => ({
    name,
    type: describeSite(description, name).output,
  }));
  return [...inputs, ...outputs].map(({ name, type }) => ({ name, type: withBatch(type, batch) }));
}

function createSidecarSource(
  { stream, route }: InterceptedRun,
  callIndex: number,
  signal: AbortSignal,
): FeatureSource {
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
