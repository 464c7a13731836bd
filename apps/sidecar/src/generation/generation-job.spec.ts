import { loadManifest } from '@forecache/demo-model';
import { compileJob } from './compile-job.js';
import { SAMPLERS, type SamplerName } from '../sampler/samplers.js';
import { batchesOf, labelsFor, type PolicyChoice } from './generation-job.js';
import { plannedSteps } from './planned-steps.js';
import { callsOfRun, solverOf } from './solver-of.js';

const flags = {
  count: '5',
  seed: '1',
  class: 'cycle',
  mode: 'intercept',
  transfer: 'shared',
  batch: '2',
};
const policy = { name: 'taylorseer', options: {} };

describe('compileJob', () => {
  it('takes what is not given from the manifest', async () => {
    const manifest = await loadManifest();
    const job = compileJob(flags, policy, manifest);
    expect([job.steps, job.guidance]).toEqual([manifest.sampler.steps, manifest.sampler.guidance]);
    expect(job.labels).toEqual([0, 1, 2, 3, 4]);
  });

  it('takes even Euler steps unless told otherwise', async () => {
    const manifest = await loadManifest();
    const given = { sampler: 'heun', shift: '2.5', mode: 'plan' };
    const jobs = [{}, given].map((more) => compileJob({ ...flags, ...more }, policy, manifest));
    expect(jobs.map(({ sampler, shift }) => [sampler, shift])).toEqual([
      ['euler', 1],
      ['heun', 2.5],
    ]);
  });

  it('leaves the granularity to the policy unless it is given', async () => {
    const manifest = await loadManifest();
    const granularityOf = (given: object) =>
      compileJob({ ...flags, ...given }, policy, manifest).granularity;
    expect([granularityOf({}), granularityOf({ granularity: 'block' })]).toEqual([null, 'block']);
  });

  it.each([
    [{ count: '0' }, 'count must be an integer >= 1, got "0"'],
    [{ count: '100001' }, 'count must be <= 100000, got 100001'],
    [{ batch: '129' }, 'batch must be <= 128, got 129'],
    [{ seed: '-1' }, 'seed must be an integer >= 0, got "-1"'],
    [{ seed: '9007199254740991' }, 'seed must be <= 2^53 - 1 - count, got 9007199254740991'],
    [{ guidance: 'strong' }, 'guidance must be a finite number, got "strong"'],
    [{ mode: 'remote' }, 'mode must be "intercept", "plan", "proxy" or "local", got "remote"'],
    [
      { mode: 'local' },
      'policy must be full or fewer-steps with mode local, which has no sidecar, got "taylorseer"',
    ],
    [
      { granularity: 'layer' },
      'granularity must be "module", "block", "residual", "hidden", "output" or "change", got "layer"',
    ],
    [
      { sampler: 'ddim' },
      'sampler must be one of euler, heun, ab2, dpmpp-2m, unipc, euler-ancestral, got "ddim"',
    ],
    [
      { sampler: 'heun' },
      'mode must be plan or local with sampler heun, which repeats timesteps, got "intercept"',
    ],
    [{ shift: '0' }, 'shift must be a number > 0, got 0'],
    [{ shift: 'far' }, 'shift must be a finite number, got "far"'],
    [{ transfer: 'pigeon' }, 'transfer must be "inline" or "shared", got "pigeon"'],
  ])('rejects %j', async (changes, message) => {
    const manifest = await loadManifest();
    expect(() => compileJob({ ...flags, ...changes }, policy, manifest)).toThrow(message);
  });
});

describe('labelsFor', () => {
  it('takes a name, a number, or all in turn', async () => {
    const manifest = await loadManifest();
    expect(labelsFor(manifest, 'ankle-boot', 2)).toEqual([9, 9]);
    expect(labelsFor(manifest, '3', 1)).toEqual([3]);
    expect(labelsFor(manifest, 'cycle', 12).slice(8)).toEqual([8, 9, 0, 1]);
    expect(() => labelsFor(manifest, 'hat', 1)).toThrow(
      /^class must be cycle, 0 to 9 or one of t-shirt, .*, got "hat"$/,
    );
  });
});

describe('batchesOf', () => {
  it('cuts a job into runs', async () => {
    const job = compileJob(flags, policy, await loadManifest());
    expect(batchesOf(job)).toEqual([
      { first: 0, labels: [0, 1] },
      { first: 2, labels: [2, 3] },
      { first: 4, labels: [4] },
    ]);
  });
});

describe('plannedSteps', () => {
  const planned = (policy: PolicyChoice, sampler: SamplerName) =>
    plannedSteps({ policy, sampler, steps: 50, shift: 1 });
  const fewer = { name: 'fewer-steps', options: { steps: '18' } };
  const taylorseer = { name: 'taylorseer', options: {} };

  it('are fewer under fewer-steps only', () => {
    const steps = [fewer, taylorseer].map((policy) => planned(policy, 'euler').steps);
    expect(steps).toEqual([18, 50]);
  });

  it.each(SAMPLERS)('make the calls of %s: one a step, two less one of Heun', (sampler) => {
    const calls = [fewer, taylorseer].map((policy) => planned(policy, sampler).calls);
    expect(calls).toEqual(sampler === 'heun' ? [35, 99] : [18, 50]);
  });
});

describe('callsOfRun', () => {
  it('has the timesteps of a shifted sampler as positions', () => {
    // 3 · 0.5 / (1 + 2 · 0.5) = 0.75
    const timesteps = [1, 0.75];
    expect(callsOfRun(solverOf({ sampler: 'unipc', steps: 2, shift: 3 }))).toEqual({
      steps: 2,
      calls: 2,
      timesteps,
      sigmas: timesteps,
    });
  });

  it('leaves out timesteps that repeat', () => {
    const run = callsOfRun(solverOf({ sampler: 'heun', steps: 3, shift: 1 }));
    expect(run).toEqual({ steps: 3, calls: 5 });
  });
});
