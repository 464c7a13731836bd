import { NO_SETUP, type CallPlan, type RunSetup } from '@forecache/adapters';
import { compileRunPlan, createPolicy } from '@forecache/cache-policy';
import { loadManifest, type ModelManifest } from '@forecache/demo-model';
import { demoLayerTable } from '../cost/demo-layer-table.js';
import { planCost } from '../cost/plan-cost.js';
import { costOf } from './cost-of.js';

let manifest: ModelManifest;
beforeAll(async () => void (manifest = await loadManifest()));

const taylorSeer = { name: 'taylorseer', options: { interval: '5', order: '2', warmup: '2' } };

function planned(policy: { name: string; options: Record<string, string> }) {
  const network = demoLayerTable(manifest);
  const run = { steps: 50, calls: 50, network };
  return compileRunPlan({ policy: createPolicy(policy), run });
}

const call = (callIndex: number, kind: 'full' | 'reuse'): CallPlan => {
  return { callIndex, action: { kind }, exceptions: [] };
};

/** `full` full calls, then reuses up to 50. */
const fifty = (full: number) =>
  Array.from({ length: 50 }, (_, index) => call(index, index < full ? 'full' : 'reuse'));

const moduleSetup = (): RunSetup => ({ ...planned({ name: 'fora', options: {} }).setup });

describe('costOf', () => {
  it('is the cost of the plan where every run followed one plan', () => {
    const { setup, calls } = planned(taylorSeer);
    const expected = planCost(demoLayerTable(manifest), { setup, calls });
    const runs = [{ images: 2, plans: calls }];
    const cost = costOf({ manifest, steps: 50, setup, runs });
    expect(cost.calls).toEqual({ full: 11, partial: 0, forecast: 39 });
    expect([cost.flops, cost.flopsSpeedup, cost.cacheBytes]).toEqual([
      expected.flops,
      expected.speedup,
      expected.cacheBytes,
    ]);
  });

  it('takes means over images where runs differ', () => {
    const runs = [
      { images: 3, plans: fifty(10) },
      { images: 1, plans: fifty(30) },
    ];
    // (3·10 + 1·30) / 4 = 15
    const { calls } = costOf({ manifest, steps: 50, setup: moduleSetup(), runs });
    expect(calls).toEqual({ full: 15, partial: 0, forecast: 35 });
  });

  it('measures fewer steps against all steps that were asked for', () => {
    const runs = [{ images: 1, plans: fifty(50).slice(0, 10) }];
    const allFull = runs.map((run) => {
      return { ...run, plans: run.plans.map(({ callIndex }) => call(callIndex, 'full')) };
    });
    const { flopsSpeedup } = costOf({ manifest, steps: 50, setup: NO_SETUP, runs: allFull });
    expect(flopsSpeedup).toBeCloseTo(5, 12);
  });

  it('stores nothing where every call is full', () => {
    const runs = [{ images: 1, plans: fifty(50) }];
    expect(costOf({ manifest, steps: 50, setup: moduleSetup(), runs }).cacheBytes).toBe(0);
  });

  it('counts calls that compute chosen tokens apart', () => {
    const { setup, calls } = planned({ name: 'toca', options: { interval: '3' } });
    const cost = costOf({ manifest, steps: 50, setup, runs: [{ images: 1, plans: calls }] });
    expect(cost.calls.full).toBe(18);
    expect(cost.calls.partial).toBe(32);
    expect(cost.flopsSpeedup).toBeGreaterThan(1);
  });
});
