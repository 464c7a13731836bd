import {
  callKind,
  createInMemoryModelHost,
  NO_SETUP,
  transformerLayout,
  type CacheRun,
  type ModelHost,
  type RunSetup,
} from '@forecache/adapters';
import { networkShape } from '../../src/network-shape.js';
import { withFallback, type Fallback } from '../../src/sampler/fallback-caller.js';
import { createInterceptCaller } from '../../src/sampler/intercept-caller.js';
import { createLocalCaller } from '../../src/sampler/local-caller.js';
import type { NetworkCaller } from '../../src/sampler/network-caller.js';
import { createPlanCaller } from '../../src/sampler/plan-caller.js';
import { createProxyCaller } from '../../src/sampler/proxy-caller.js';
import { createInlineRoute } from '../../src/sampler/tensor-route.js';
import { accumulatingPolicy } from './fake-policies.js';
import { branch, request, startFixture, timesteps, type Fixture } from './fixture.js';

const CALLS = 12;
const DEATH = 6;
const shape = [1, 1, 3, 2];
const { signal } = new AbortController();

let fixture: Fixture;
let localHost: ModelHost;

beforeEach(async () => {
  fixture = await startFixture({ overrides: { createPolicy: () => accumulatingPolicy(0.1) } });
  localHost = createInMemoryModelHost();
});

afterEach(() => fixture.close());

let localRuns = 0;

function beginLocal(setup: RunSetup = NO_SETUP) {
  localRuns += 1;
  return localHost.beginRun({
    runId: `local-${localRuns}`,
    branches: [branch('joint')],
    timesteps: timesteps(CALLS),
    sharedDirectory: '',
    setup,
  });
}

const MODES = ['plan', 'intercept', 'proxy'] as const;
type Mode = (typeof MODES)[number];

async function openRun(mode: Mode): Promise<CacheRun> {
  const base = request({ mode, calls: CALLS });
  const network = mode === 'plan' ? networkShape(await localHost.describe()) : null;
  return fixture.client.openRun({ ...base, run: { ...base.run, network } });
}

async function callerOf(mode: Mode, run: CacheRun): Promise<NetworkCaller> {
  const onLostReport = () => undefined;
  const route = createInlineRoute();
  if (mode === 'proxy') return createProxyCaller({ run, route, shape });
  if (mode === 'plan') {
    const hostRun = await beginLocal(run.setup);
    return createPlanCaller({ run, hostRun, shape, onLostReport });
  }
  const layout = transformerLayout(await fixture.host.describe());
  const stream = run.intercept();
  return createInterceptCaller({ run, stream, route, layout, shape, onLostReport });
}

test.each(MODES)(
  'a sidecar that dies in the middle of an adaptive run of mode %s: the rest is full compute, bit for bit',
  async (mode) => {
    const run = await openRun(mode);
    const fallbacks: Fallback[] = [];
    const isRunKnown = () =>
      run.decide({ branch: 'joint', callIndex: 0, scalars: {} }).then(
        () => true,
        () => false,
      );
    const caller = withFallback({
      primary: await callerOf(mode, run),
      openLocal: async () => createLocalCaller(await beginLocal(), { shape }),
      isRunKnown,
      onFallback: (fallback) => fallbacks.push(fallback),
    });
    const reference = createLocalCaller(await beginLocal(), { shape });
    const x = Float32Array.from({ length: 6 }, (_, i) => Math.sin(1.7 * i + 0.3));
    const kinds: string[] = [];
    for (const [callIndex, t] of timesteps(CALLS).entries()) {
      if (callIndex === DEATH) await fixture.sidecar.close();
      const { velocity, plan } = await caller.call({ callIndex, t, x }, signal);
      kinds.push(callKind(plan));
      if (callIndex >= DEATH) {
        const full = await reference.call({ callIndex, t, x }, signal);
        expect(velocity).toEqual(full.velocity);
      }
      velocity.forEach((value, i) => (x[i] = (x[i] ?? NaN) - value / CALLS));
    }
    expect(kinds.slice(0, DEATH)).toContain('reuse');
    expect(new Set(kinds.slice(DEATH))).toEqual(new Set(['full']));
    expect(fallbacks.map(({ callIndex }) => callIndex)).toEqual([DEATH]);
  },
);
