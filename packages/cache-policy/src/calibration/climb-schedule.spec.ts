import { climbSchedule, type ScheduleClimb } from './climb-schedule.js';

const target = [0, 3, 8];

/** The closer to the target, the better. */
function climb(changed: Partial<ScheduleClimb<readonly number[]>> = {}) {
  const tried: string[] = [];
  const options: ScheduleClimb<readonly number[]> = {
    calls: 10,
    start: [0, 5, 6],
    score: (trial) => -trial.reduce((sum, call, i) => sum + Math.abs(call - (target[i] ?? NaN)), 0),
    fullCallsOf: (trial) => trial,
    attempt: async (fullCalls) => {
      tried.push(fullCalls.join());
      return fullCalls;
    },
    attempts: 100,
    leastGain: 0.5,
    ...changed,
  };
  return { found: climbSchedule(options), tried };
}

describe('climbSchedule', () => {
  it('finds the top of a hill', async () => {
    expect(await climb().found).toEqual(target);
  });

  it('tries no schedule twice, and never the one it starts with', async () => {
    const { found, tried } = climb();
    await found;
    expect(new Set(tried).size).toBe(tried.length);
    expect(tried).not.toContain('0,5,6');
  });

  it('stops when the attempts are used up', async () => {
    const { found, tried } = climb({ attempts: 1 });
    // The last full call goes first, one call onwards.
    expect(await found).toEqual([0, 5, 7]);
    expect(tried).toEqual(['0,5,7']);
    expect(await climb({ attempts: 0 }).found).toEqual([0, 5, 6]);
  });

  it('stays where no move gains enough', async () => {
    expect(await climb({ leastGain: 10 }).found).toEqual([0, 5, 6]);
  });
});
