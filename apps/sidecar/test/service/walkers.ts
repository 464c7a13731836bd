import {
  beginWalk,
  callKind,
  createBranchProbes,
  measuresBefore,
  transformerLayout,
  type BranchProbes,
  type CacheRun,
  type CallPlan,
  type FeatureCall,
  type FeatureSource,
  type InterceptStream,
  type LocalTensor,
  type ModelDescription,
  type ModelHost,
  type Scalars,
} from '@forecache/adapters';
import { branch, createRoute, image, inline, step, timesteps, type Route } from './fixture.js';

/** How long a run is, and of what. */
export interface WalkOptions {
  readonly branch?: string;
  readonly batch?: number;
  /** Needed where the policy decides call by call. */
  readonly calls?: number;
  /** Labels of the branch, for the host of a run in plan mode. */
  readonly labels?: readonly bigint[];
}

/** What came of a run. */
export interface Walked {
  /** After every call. */
  readonly images: readonly LocalTensor[];
  /** What every call did. */
  readonly plans: readonly CallPlan[];
}

/** One call of a run, answered with the network's output. */
type AnswerCall = (
  callIndex: number,
  input: LocalTensor,
) => Promise<{ readonly output: LocalTensor; readonly plan: CallPlan }>;

async function sample(
  run: CacheRun,
  { calls = run.plan?.calls.length ?? 0, batch = 1, tokens = 3 }: WalkOptions & { tokens?: number },
  answer: AnswerCall,
): Promise<Walked> {
  const images: LocalTensor[] = [];
  const plans: CallPlan[] = [];
  let x = image(batch, tokens);
  for (let callIndex = 0; callIndex < calls; callIndex += 1) {
    const { output, plan } = await answer(callIndex, x);
    x = step(x, output, calls);
    images.push(x);
    plans.push(plan);
  }
  return { images, plans };
}

function planOrDecide(run: CacheRun, name: string) {
  return async (callIndex: number, scalars: Scalars): Promise<CallPlan> =>
    run.plan?.calls[callIndex] ?? (await run.decide({ branch: name, callIndex, scalars }));
}

/** Everything but what was measured, for hosts that count nothing. */
const NOTHING_COUNTED = Object.freeze({
  action: 'full',
  forwarded: 0,
  forecast: 0,
  partial: 0,
  wallUs: 0,
});

/** One call over Intercept, the way a client makes it. */
export interface Intercepting {
  readonly run: CacheRun;
  readonly stream: InterceptStream;
  readonly route: Route;
  readonly model: ModelDescription;
  readonly probes: BranchProbes | null;
  readonly branch: string;
}

/** Walks a run's calls over Intercept. */
export async function walkIntercept(
  run: CacheRun,
  model: ModelDescription,
  options: WalkOptions = {},
): Promise<Walked> {
  const route = createRoute(run);
  const stream = run.intercept();
  const layout = transformerLayout(model);
  const probes = run.setup.probes.length === 0 ? null : createBranchProbes(run.setup, layout);
  const intercepting = { run, stream, route, model, probes, branch: options.branch ?? 'joint' };
  try {
    return await sample(run, { ...options, tokens: layout.tokens }, (callIndex, input) =>
      interceptCall(intercepting, callIndex, input),
    );
  } finally {
    stream.end();
    route.close();
  }
}

/** The images of a run over Intercept. */
export async function interceptRun(
  run: CacheRun,
  model: ModelDescription,
  options: WalkOptions = {},
): Promise<readonly LocalTensor[]> {
  return (await walkIntercept(run, model, options)).images;
}

/** Makes one call over Intercept. */
export async function interceptCall(
  intercepting: Intercepting,
  callIndex: number,
  input: LocalTensor,
): ReturnType<AnswerCall> {
  const { run, model, probes, branch: name } = intercepting;
  const walk = await beginWalk({
    layout: transformerLayout(model),
    setup: run.setup,
    callIndex,
    input,
    source: sourceOf(intercepting, callIndex, input.shape[0] ?? 1),
    probes,
  });
  const plan = await planOrDecide(run, name)(callIndex, walk.scalars);
  const { output, scalars, commit } = await walk.finish(plan);
  commit();
  if (probes !== null) {
    await run.report({ ...NOTHING_COUNTED, branch: name, callIndex, scalars });
  }
  return { output, plan };
}

function sourceOf(
  { stream, route, model, branch: name }: Intercepting,
  callIndex: number,
  batch: number,
): FeatureSource {
  const send = (features: readonly FeatureCall[]) =>
    stream.call({ branch: name, callIndex, features });
  const bytesOf = (site: string) => {
    const described = model.sites.find((candidate) => candidate.name === site);
    const output = described ?? model.sites.find(({ kind }) => kind === 'hidden');
    return (output?.output.shape.reduce((a, b) => a * b, 1) ?? 0) * 4 * batch;
  };
  return {
    async features(calls) {
      const answers = await send(
        calls.map(({ site, input: tensor }) => ({
          site,
          value:
            tensor === null
              ? { kind: 'none' }
              : { kind: 'input', tensor: route.send(`${site}:input`, tensor) },
          output: route.target(site, bytesOf(site)),
        })),
      );
      return answers.map((answer) => route.receive(answer));
    },
    async observe(site, tensor) {
      await send([
        { site, value: { kind: 'computed', tensor: route.send(site, tensor) }, output: null },
      ]);
    },
  };
}

/** Lets the sidecar drive the model host. */
export function walkProxy(
  run: CacheRun,
  model: ModelDescription,
  options: WalkOptions = {},
): Promise<Walked> {
  const tokens = transformerLayout(model).tokens;
  return sample(run, { ...options, tokens }, async (callIndex, input) => {
    const call = { branch: options.branch ?? 'joint', callIndex };
    const { output, plan } = await run.runNetwork({ ...call, input: inline(input), output: null });
    if (output.place !== 'inline') throw new Error('not inline');
    return { output, plan };
  });
}

let localRuns = 0;

/** Computes on a host of the client's own, by the sidecar's plan or its decisions. */
export async function walkPlan(
  run: CacheRun,
  host: ModelHost,
  options: WalkOptions = {},
): Promise<Walked> {
  const { branch: name = 'joint', calls = run.plan?.calls.length ?? 0, labels } = options;
  localRuns += 1;
  const hostRun = await host.beginRun({
    runId: `local-${localRuns}`,
    branches: [branch(name, labels)],
    timesteps: timesteps(calls),
    sharedDirectory: '',
    setup: run.setup,
  });
  const { tokens } = transformerLayout(await host.describe());
  const isMeasured = measuresBefore(run.setup);
  try {
    return await sample(run, { ...options, calls, tokens }, async (callIndex, x) => {
      const key = { branch: name, callIndex };
      const input = inline(x);
      const before = isMeasured ? await hostRun.measure({ ...key, input }) : {};
      const plan = await planOrDecide(run, name)(callIndex, before);
      const call = { branch: name, plan, input: isMeasured ? null : input, output: null };
      const { output, ...done } = await hostRun.runCall(call);
      if (output.place !== 'inline') throw new Error('not inline');
      await run.report({ ...key, ...done, action: callKind(plan), wallUs: 0 });
      return { output, plan };
    });
  } finally {
    await hostRun.end();
  }
}
