import { every, fromFalling } from '../test/runs.js';
import { createForaPolicy } from './fora-policy.js';
import {
  activationsOf,
  thresholdAt,
  type Activation,
  type ForceSchedule,
} from './toca-activation.js';
import { TOCA_SCHEDULES } from './toca-schedules.js';

const { ddim50, pixart, flux } = TOCA_SCHEDULES;
const openSora = TOCA_SCHEDULES['open-sora'];

/** Calls at which exactly this is computed in full. */
function callsWith(full: Activation['full'], schedule: ForceSchedule, calls = 50): number[] {
  const activations = activationsOf(schedule, calls);
  return every(1, 0, calls - 1).filter((call) => activations[call]?.full === full);
}

describe('the threshold of DiT in 50 steps', () => {
  const at = (interval: number, step: number) => thresholdAt({ ...ddim50, interval }, step, 50);

  it.each([
    [5, [49]],
    [4, [44, 40, 36]],
    [3, [30, 27, 24, 21, 20]],
    [2, [...every(1, 10, 19), ...every(1, 0, 9)]],
  ])('is %i at N=3 at these steps: %p', (threshold, steps) => {
    expect(steps.map((step) => at(3, step))).toEqual(steps.map(() => threshold));
  });

  it.each([
    [6, [49, 45]],
    [5, [40, 36]],
    [4, [30, 24, 20]],
    [2, every(1, 10, 19)],
    [3, [9, 4, 0]],
  ])('is %i at N=4 at these steps: %p', (threshold, steps) => {
    expect(steps.map((step) => at(4, step))).toEqual(steps.map(() => threshold));
  });

  it('is N where no tokens are computed', () => {
    expect([49, 15, 0].map((step) => thresholdAt({ ...ddim50, ratio: 0 }, step, 50))).toEqual([
      3, 3, 3,
    ]);
  });

  it('follows the line of w through the window when that is off', () => {
    // 3 / (1.4 - 0.8 * 15 / 50) = 2.59
    expect(thresholdAt({ ...ddim50, window: 'off' }, 15, 50)).toBe(3);
  });

  it('rounds a half to the even number', () => {
    // 3 / 1.2 = 2.5 at the last step of w = 0.2
    expect(thresholdAt({ ...ddim50, weight: 0.2, window: 'off' }, 0, 50)).toBe(2);
  });
});

describe('the full calls of a schedule', () => {
  it('are those of DiT at N=3 in 50 steps, with the first block alone at steps 45 and 32', () => {
    const whole = [49, 44, 40, 36, 30, 27, 24, 21, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0];
    expect(callsWith('all', ddim50)).toEqual(fromFalling(...whole));
    expect(callsWith('first-block', ddim50)).toEqual(fromFalling(45, 32));
  });

  it.each([2, 3, 4, 5, 6, 7])('are those of FORA without tokens, at N=%i', (interval) => {
    const fora = createForaPolicy({ interval });
    const foraCalls = every(1, 0, 49).filter((callIndex) => {
      const run = { steps: 50, calls: 50 };
      const context = { run, branch: 'joint', callIndex, fullCalls: [0], scalars: {} };
      return fora.decide(context).kind === 'full';
    });
    const schedule = { ...ddim50, interval, ratio: 0 };
    expect(callsWith('all', schedule)).toEqual(foraCalls);
    expect(callsWith('first-block', schedule)).toEqual([]);
  });

  it('are those of PixArt at N=3 in 20 steps: threshold 4, then 3', () => {
    expect([0, 1, 2, 3, 10, 19].map((step) => thresholdAt(pixart, step, 20))).toEqual([
      4, 4, 4, 3, 3, 3,
    ]);
    // 4 is a multiple of the 4 set at 0, not of the 3 that its own first block sets.
    expect(callsWith('all', pixart, 20)).toEqual([0, 6, 9, 12, 15, 18]);
    expect(callsWith('first-block', pixart, 20)).toEqual([4]);
  });

  it.each([
    [4, [0, 1, 2, ...every(4, 6, 46)], 14],
    [5, [0, 1, 2, ...every(5, 7, 47)], 12],
    [6, [0, 1, 2, ...every(6, 8, 44)], 10],
  ])('are those of FLUX at N=%i', (interval, calls, count) => {
    expect(callsWith('all', { ...flux, interval })).toEqual(calls);
    expect(calls).toHaveLength(count);
  });

  it('start with one full call for FLUX without tokens', () => {
    expect(callsWith('all', { ...flux, ratio: 0 })).toEqual(every(4, 0, 48));
  });

  it('are HunyuanVideo’s with warmup 1: ten at N=5', () => {
    expect(callsWith('all', { ...flux, interval: 5, warmup: 1 })).toEqual(every(5, 0, 45));
  });

  it('are those of Open-Sora in 30 steps: cross-attention at every second one', () => {
    expect(callsWith('all', openSora, 30)).toEqual([0, 1, 2, 6, 12, 18, 24]);
    expect(callsWith('all-but-cross-attention', openSora, 30)).toEqual([3, 9, 15, 21, 27]);
  });
});

describe('the place between full calls', () => {
  it('counts from the last full call and to the next', () => {
    const seen = activationsOf({ ...ddim50, weight: 0, window: 'off' }, 7);
    // Steps 6 to 0 at threshold 3: full at 6, 3, 0.
    expect(seen.map(({ sinceFull }) => sinceFull)).toEqual([0, 1, 2, 0, 1, 2, 0]);
    expect(seen.map(({ untilFull }) => untilFull)).toEqual([0, 2, 1, 0, 2, 1, 0]);
  });

  it('is the same for schedules that count up', () => {
    const untilFull = (schedule: ForceSchedule) =>
      activationsOf({ ...schedule, interval: 3, weight: 0, warmup: 1 }, 7).map(
        (call) => call.untilFull,
      );
    expect(untilFull(pixart)).toEqual([0, 2, 1, 0, 2, 1, 0]);
    expect(untilFull(flux)).toEqual([0, 2, 1, 0, 2, 1, 0]);
  });
});
