import { NO_SETUP, type CallPlan, type RunOutcome } from '@forecache/adapters';
import { ForecastError } from '@forecache/core';
import type { NetworkCaller } from '../sampler/network-caller.js';
import { generateImages } from './generate-images.js';
import type { Batch, GenerationJob } from './generation-job.js';
import type { RunOpener } from './opened-run.js';

const format = { channels: 1, height: 2, width: 3, range: [-1, 1] } as const;
const job: GenerationJob = {
  policy: { name: 'full', options: {} },
  mode: 'intercept',
  granularity: 'module',
  transfer: 'inline',
  sampler: 'euler',
  steps: 3,
  shift: 1,
  guidance: 2,
  labels: [0, 1, 2, 3, 4],
  seed: 5,
  batch: 2,
  client: 'test',
};
const signal = new AbortController().signal;

/** A network whose velocity is the sample itself, and a record of what was opened and closed. */
function opener(caller: NetworkCaller = echo) {
  const batches: Batch[] = [];
  const outcomes: RunOutcome[] = [];
  const opened: RunOpener = {
    async open(batch) {
      batches.push(batch);
      return {
        caller,
        steps: 3,
        policy: 'echo()',
        setup: { ...NO_SETUP, granularity: 'hidden' },
        async close(outcome) {
          outcomes.push(outcome);
          return { statistics: null, fallback: null };
        },
      };
    },
  };
  return { opener: opened, batches, outcomes };
}

const echo: NetworkCaller = {
  async call({ x, callIndex }) {
    const plan: CallPlan = { callIndex, action: { kind: 'full' }, exceptions: [] };
    return { velocity: x.slice(), plan };
  },
};

describe('generateImages', () => {
  it('makes image i from seed + i, whatever the batch size', async () => {
    const inTwos = await generateImages(job, { opener: opener().opener, format, signal });
    const atOnce = await generateImages(
      { ...job, batch: 99 },
      { opener: opener().opener, format, signal },
    );
    const second = await generateImages(
      { ...job, labels: [1], seed: 6 },
      { opener: opener().opener, format, signal },
    );
    expect(inTwos.samples).toEqual(atOnce.samples);
    expect(inTwos.samples.slice(6, 12)).toEqual(second.samples);
    expect(inTwos.images).toHaveLength(5);
  });

  it('opens and closes a run for every batch, and counts its calls', async () => {
    const { opener: runs, batches, outcomes } = opener();
    let calls = 0;
    const generated = await generateImages(job, {
      opener: runs,
      format,
      signal,
      onCall: () => (calls += 1),
    });
    expect(batches.map(({ labels }) => labels)).toEqual([[0, 1], [2, 3], [4]]);
    expect(outcomes).toEqual(['ok', 'ok', 'ok']);
    expect([calls, generated.actions, generated.policy]).toEqual([
      9,
      ['full', 'full', 'full'],
      'echo()',
    ]);
  });

  it('keeps what every call of every run did, and where: that is what the images cost', async () => {
    const { runs, setup } = await generateImages(job, { opener: opener().opener, format, signal });
    expect(runs.map(({ images }) => images)).toEqual([2, 2, 1]);
    expect(runs.map(({ plans }) => plans.map(({ callIndex }) => callIndex))).toEqual([
      [0, 1, 2],
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(setup.granularity).toBe('hidden');
  });

  it('closes the run it failed in', async () => {
    const broken: NetworkCaller = {
      call: async () => {
        throw new ForecastError('internal', 'broken');
      },
    };
    const { opener: runs, outcomes } = opener(broken);
    await expect(generateImages(job, { opener: runs, format, signal })).rejects.toThrow('broken');
    expect(outcomes).toEqual(['error']);
  });

  it('closes the run as interrupted when a person stops it', async () => {
    const controller = new AbortController();
    const { opener: runs, outcomes } = opener();
    const onCall = () => controller.abort(new Error('enough'));
    const tools = { opener: runs, format, signal: controller.signal, onCall };
    await expect(generateImages(job, tools)).rejects.toThrow('enough');
    expect(outcomes).toEqual(['interrupted']);
  });
});
