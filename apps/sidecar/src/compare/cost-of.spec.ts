import type { CallAction } from '@forecache/evaluation';
import { loadManifest, type ModelManifest } from '@forecache/demo-model';
import { modelCost } from '../cost/model-cost.js';
import { costOf } from './cost-of.js';

let manifest: ModelManifest;
beforeAll(async () => void (manifest = await loadManifest()));

const times = (count: number, action: CallAction) => new Array<CallAction>(count).fill(action);
const taylorSeer = { name: 'taylorseer', options: { interval: '5', order: '2', warmup: '2' } };
const job = { policy: taylorSeer, granularity: 'module', steps: 50 } as const;

describe('costOf', () => {
  it('counts the calls that were made, not those that were planned', () => {
    const actions = [...times(11, 'full'), ...times(29, 'forecast'), ...times(10, 'reuse')];
    const { calls, flops, flopsSpeedup } = costOf({
      manifest,
      job,
      runs: [{ images: 2, actions }],
    });
    const { fullCallFlops, forecastCallFlops } = modelCost(manifest, 'module');
    expect(calls).toEqual({ full: 11, partial: 0, forecast: 39 });
    expect(flops).toBe(11 * fullCallFlops + 39 * forecastCallFlops);
    expect(flopsSpeedup).toBe((50 * fullCallFlops) / flops);
  });

  it('takes means over images where runs differ', () => {
    const runs = [
      { images: 3, actions: [...times(10, 'full'), ...times(40, 'forecast')] },
      { images: 1, actions: [...times(30, 'full'), ...times(20, 'forecast')] },
    ];
    // (3·10 + 1·30) / 4 = 15
    expect(costOf({ manifest, job, runs }).calls).toEqual({ full: 15, partial: 0, forecast: 35 });
  });

  it('measures fewer steps against all steps that were asked for', () => {
    const policy = { name: 'fewer-steps', options: { steps: '10' } };
    const runs = [{ images: 1, actions: times(10, 'full') }];
    const cost = costOf({ manifest, job: { ...job, policy }, runs });
    expect([cost.flopsSpeedup, cost.cacheBytes]).toEqual([5, 0]);
  });

  it('stores as many features as the plan uses: order + 1, and none at full compute', () => {
    const { featureBytes } = modelCost(manifest, 'module');
    const bytes = (policy: typeof job.policy | { name: string; options: object }) =>
      costOf({
        manifest,
        job: { ...job, policy: { name: policy.name, options: { ...policy.options } } },
        runs: [{ images: 1, actions: times(50, 'full') }],
      }).cacheBytes;
    expect(bytes(taylorSeer)).toBe(3 * featureBytes);
    expect(bytes({ name: 'full', options: {} })).toBe(0);
  });
});
