import { loadManifest } from '@forecache/demo-model';
import { compileJob } from './compile-job.js';
import { batchesOf, labelsFor } from './generation-job.js';
import { plannedSteps } from './planned-steps.js';

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
  it('are fewer under fewer-steps only', () => {
    const steps = (name: string, options: Record<string, string>) =>
      plannedSteps({ policy: { name, options }, steps: 50 }).steps;
    expect([steps('fewer-steps', { steps: '18' }), steps('taylorseer', {})]).toEqual([18, 50]);
  });
});
