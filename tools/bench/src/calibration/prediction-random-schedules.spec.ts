import { randomSchedules, schedulesNear } from './prediction-random-schedules.js';

const DRAWN = { calls: 10, fullCalls: 4, count: 20, seed: 3 };

describe('randomSchedules', () => {
  it('draws different schedules of as many rising calls, the first at 0', () => {
    const schedules = randomSchedules(DRAWN);
    expect(new Set(schedules.map((calls) => calls.join())).size).toBe(20);
    for (const calls of schedules) {
      expect(calls).toHaveLength(4);
      expect(calls[0]).toBe(0);
      expect(calls.every((call, i) => i === 0 || call > (calls[i - 1] ?? NaN))).toBe(true);
      expect(calls.at(-1)).toBeLessThan(10);
    }
  });

  it('draws the same for the same seed, and others for another', () => {
    expect(randomSchedules(DRAWN)).toEqual(randomSchedules(DRAWN));
    expect(randomSchedules({ ...DRAWN, seed: 4 })).not.toEqual(randomSchedules(DRAWN));
  });

  it('draws all there are when asked to', () => {
    // one of 3 calls besides call 0
    const all = randomSchedules({ calls: 4, fullCalls: 2, count: 3, seed: 0 });
    expect(all.map((calls) => calls.join()).sort()).toEqual(['0,1', '0,2', '0,3']);
  });

  it('refuses more than there are', () => {
    const wanted = { calls: 4, fullCalls: 2, count: 4, seed: 0 };
    expect(() => randomSchedules(wanted)).toThrow('count must be at most 3, got 4');
    expect(() => randomSchedules({ ...wanted, fullCalls: 5 })).toThrow(
      'fullCalls must be an integer between 1 and 4, got 5',
    );
  });
});

describe('schedulesNear', () => {
  it('moves full calls but the first by no more than asked', () => {
    const centre = [0, 4, 8];
    const near = schedulesNear(centre, { calls: 10, count: 9, seed: 1, farthest: 1 });
    // three places each: nine schedules
    expect(new Set(near.map((calls) => calls.join())).size).toBe(9);
    for (const calls of near) {
      expect(calls[0]).toBe(0);
      calls.forEach((call, i) =>
        expect(Math.abs(call - (centre[i] ?? NaN))).toBeLessThanOrEqual(1),
      );
    }
  });

  it('gives up where there are not as many', () => {
    const wanted = { calls: 10, count: 10, seed: 1, farthest: 1 };
    expect(() => schedulesNear([0, 4, 8], wanted)).toThrow(
      'count must be at most 9, all that were drawn, got 10',
    );
  });
});
