import { listPolicies } from '@forecache/cache-policy';
import { runInProcess, runJson } from '../../test/run-in-process.js';
import { listCostModels } from '../cost/model-tables.js';

interface Plan {
  readonly fullCalls: readonly number[];
  readonly flops: number;
  readonly tflops: number;
  readonly speedup: number;
  readonly cacheBytes: Readonly<Record<string, number>>;
  readonly calls: readonly {
    readonly action: string;
    readonly flops: number;
    readonly weights: readonly number[];
  }[];
}

const flux = (...args: string[]) => runJson<Plan>('plan', '--model', 'flux.1-dev', ...args);
const options = (name: string, values: Readonly<Record<string, string | number>>) => [
  '--policy',
  name,
  ...Object.entries(values).flatMap(([option, value]) => ['--option', `${option}=${value}`]),
];

describe('forecache plan of a catalog model', () => {
  it('adds up TFLOPs as the paper’s tables do, and FLOPs exactly', async () => {
    const plan = await flux(...options('taylorseer', { interval: 6, order: 1, warmup: 3 }));
    expect(plan.fullCalls).toEqual([0, 1, 2, 8, 14, 20, 26, 32, 38, 44]);
    expect(plan.tflops).toBeCloseTo(744.81, 2);
    expect(plan.speedup).toBeCloseTo(4.99, 2);
    expect(plan.flops).toBe(10 * 74_392_234_868_736 + 40 * 22_713_974_784);
    expect(plan.calls[8]).toMatchObject({ action: 'full', flops: 74_392_234_868_736 });
    expect(plan.calls[9]).toMatchObject({ action: 'forecast', flops: 22_713_974_784 });
  });

  it('stores order + 1 features, wherever the policy can decide', async () => {
    const { cacheBytes } = await flux(...options('taylorseer', { order: 1 }));
    expect(cacheBytes).toEqual({
      module: 2 * 2_151_677_952,
      block: 2 * 1_613_758_464,
      residual: 2 * 4096 * 3072 * 2,
      hidden: 2 * 4096 * 3072 * 2,
      output: 2 * 4096 * 64 * 2,
      change: 2 * 4096 * 64 * 2,
    });
  });

  it('counts chosen tokens as they are chosen', async () => {
    const plan = await flux(...options('toca', { schedule: 'flux', interval: 5 }));
    expect(plan.fullCalls).toHaveLength(12);
    expect(plan.calls[3]).toMatchObject({ action: 'partial', weights: [] });
    expect(plan.calls[3]?.flops).toBeLessThan(0.07 * (plan.calls[0]?.flops ?? 0));
    expect(Object.keys(plan.cacheBytes)).toEqual(['module']);
  });

  it('takes steps and a size', async () => {
    const large = await flux('--steps', '4', '--policy', 'full');
    const small = await flux(
      '--steps',
      '4',
      '--policy',
      'full',
      '--height',
      '512',
      '--width',
      '512',
    );
    expect(large.calls).toHaveLength(4);
    expect(small.flops).toBeLessThan(large.flops / 3);
  });

  it('counts both branches of guidance that runs twice', async () => {
    const plan = await runJson<Plan>('plan', '--model', 'wan2.1-t2v-1.3b', '--policy', 'full');
    expect(plan.flops).toBe(2 * 50 * (plan.calls[0]?.flops ?? NaN));
  });

  it('does not make up timesteps', async () => {
    expect(await runInProcess('plan', '--model', 'flux.1-dev', '--position', 'timestep')).toEqual({
      code: 2,
      out: '',
      err: 'error: timesteps must be given when position is timestep, got undefined',
    });
  });
});

describe('forecache plan', () => {
  it('takes the policy’s own granularity, and no other than it can', async () => {
    expect(await runJson('plan', '--policy', 'delta-dit')).toMatchObject({
      granularity: 'residual',
    });
    expect(await runInProcess('plan', '--policy', 'toca', '--granularity', 'hidden')).toEqual({
      code: 2,
      out: '',
      err: 'error: granularity must be one of module, where toca can decide, got "hidden"',
    });
  });

  it('names the models there are', async () => {
    const names = (await listCostModels()).map(({ name }) => name).join(', ');
    const { code, err } = await runInProcess('plan', '--model', 'flux');
    expect([code, err]).toEqual([2, `error: model must be one of ${names}, got "flux"`]);
  });

  it('prints cost and memory for people', async () => {
    const { out } = await runInProcess('plan', '--policy', 'fora', '--interval', '5');
    expect(out).toContain('cost: 2.196 GFLOPs, 4.34x fewer than full compute');
    expect(out).toContain('stored: 602.1 kB (block 301.1 kB, ');
    expect(out).toMatch(/^4 +full +190\.7 MFLOPs$/m);
  });

  it('says of a policy that measures what constant changes make of it', async () => {
    const measured = await runJson('plan', '--model', 'flux.1-dev', '--policy', 'teacache');
    expect(measured).toMatchObject({
      decidesFrom: ['modulated-input-change'],
      calls: 50,
      fewestFull: { speedup: expect.any(Number) },
      mostFull: { fullCalls: expect.arrayContaining([0, 49]), speedup: 1 },
    });
    const { out } = await runInProcess('plan', '--policy', 'teacache');
    expect(out).toContain('there is no plan before the run');
    expect(out).toMatch(/^ {2}fewest full calls: \d+ of 50: .* \(change [\d.]+\)$/m);
  });

  it('says once what does not depend on measurements', async () => {
    const { out } = await runInProcess('plan', ...options('dmd', { interval: 5 }));
    expect(out).toMatch(/, whatever it was:\n {2}full calls: 12 of 50: .* 4\.17x fewer than/);
    expect(out).not.toContain('fewest');
  });

  it('says when a policy that measures is off', async () => {
    const { out } = await runInProcess('plan', ...options('teacache', { threshold: 0 }));
    expect(out).toContain('warning: nothing will be skipped: threshold is 0');
  });

  it.each(listPolicies().map(({ name }) => name))('plans %s on the demo model', async (name) => {
    const own: Record<string, Record<string, string>> = {
      'fewer-steps': { steps: '9' },
      scheduled: { schedule: '0,20' },
    };
    const { code, out, err } = await runInProcess('plan', ...options(name, own[name] ?? {}));
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('on demo, ');
  });
});
