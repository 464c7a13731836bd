import { NO_SETUP } from '@forecache/adapters';
import { inMemorySampling } from '../../test/in-memory-sampling.js';
import { createLocalCaller } from '../sampler/local-caller.js';
import { sampleInFull, type FullRun } from './sample-in-full.js';

const caller = (run: FullRun) => createLocalCaller(run.run, run);

describe('sampleInFull', () => {
  it('makes every call of every batch, and ends every run', async () => {
    const sampling = await inMemorySampling({ labels: [0, 1, 2], batch: 2, steps: 4 });
    let calls = 0;
    const onCall = () => void (calls += 1);
    await sampleInFull({ ...sampling, setup: NO_SETUP, onCall }, caller);
    expect(sampling.diaries.map(({ called }) => called.length)).toEqual([4, 4]);
    expect(sampling.diaries.map(({ isEnded }) => isEnded)).toEqual([true, true]);
    expect(calls).toBe(8);
  });

  it('stops between two calls when it is told to, and ends the run it was in', async () => {
    const sampling = await inMemorySampling({ labels: [0, 1, 2], batch: 1, steps: 4 });
    const controller = new AbortController();
    let calls = 0;
    const onCall = () => {
      calls += 1;
      if (calls === 6) controller.abort(new Error('enough'));
    };
    const stopped = { ...sampling, setup: NO_SETUP, signal: controller.signal, onCall };
    await expect(sampleInFull(stopped, caller)).rejects.toThrow('enough');
    // Four calls of the first run, two of the second; the third was never begun.
    expect(sampling.diaries.map(({ called }) => called.length)).toEqual([4, 2]);
    expect(sampling.diaries.map(({ isEnded }) => isEnded)).toEqual([true, true]);
  });

  it('ends the run that a caller failed in', async () => {
    const sampling = await inMemorySampling();
    const broken = () => ({ call: () => Promise.reject(new Error('broken')) });
    await expect(sampleInFull({ ...sampling, setup: NO_SETUP }, broken)).rejects.toThrow('broken');
    expect(sampling.diaries.map(({ isEnded }) => isEnded)).toEqual([true]);
  });
});
