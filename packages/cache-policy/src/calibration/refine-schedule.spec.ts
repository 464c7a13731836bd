import { addUpCalls } from './gap-cost.js';
import { refineSchedule } from './refine-schedule.js';
import { movesOf } from './schedule-moves.js';
import { searchSchedules } from './schedule-search.js';

/** Squared distance to the newest full call, more at the run's end. */
const gapCost = addUpCalls(
  (target, [newest]) => (target - (newest ?? NaN)) ** 2 * (1 + target / 20),
);

describe('refineSchedule', () => {
  it('comes to what the exact search finds, from a bad start', () => {
    const problem = { calls: 30, history: 1, gapCost };
    const exact = searchSchedules({ ...problem, fullCalls: 4 })[3];
    const refined = refineSchedule({ ...problem, fullCalls: [0, 1, 2, 3] });
    expect(refined.fullCalls).toEqual(exact?.fullCalls);
    expect(refined.cost).toBeCloseTo(exact?.cost ?? NaN, 9);
  });

  it('adds up what a move changes in later histories', () => {
    // Every gap costs the square of its distance to the second newest full call.
    const farther = addUpCalls((target, sources) => (target - (sources[1] ?? 0)) ** 2);
    const problem = { calls: 14, history: 2, gapCost: farther };
    const refined = refineSchedule({ ...problem, fullCalls: [0, 2, 3, 5] });
    for (const index of [1, 2, 3]) {
      for (const moved of movesOf(refined.fullCalls, index, {
        calls: 14,
        together: 2,
        farthest: 14,
      }))
        expect(costOf(moved, farther)).toBeGreaterThanOrEqual(refined.cost - 1e-9);
    }
    expect(refined.cost).toBeCloseTo(costOf(refined.fullCalls, farther), 9);
  });

  it('leaves a schedule of one full call', () => {
    expect(refineSchedule({ calls: 3, history: 1, gapCost, fullCalls: [0] }).fullCalls).toEqual([
      0,
    ]);
  });
});

describe('movesOf', () => {
  const options = { calls: 10, together: 1, farthest: 2 };

  it('never moves the first call, nor past a neighbour', () => {
    expect(movesOf([0, 4, 8], 0, options)).toEqual([]);
    expect(movesOf([0, 1, 3], 1, options)).toEqual([[0, 2, 3]]);
    expect(movesOf([0, 5, 9], 2, options)).toEqual([
      [0, 5, 8],
      [0, 5, 7],
    ]);
  });

  it('moves neighbours together', () => {
    expect(movesOf([0, 1, 2], 1, { calls: 5, together: 2, farthest: 8 })).toEqual([
      [0, 2, 3],
      [0, 3, 4],
    ]);
  });
});

function costOf(fullCalls: readonly number[], cost: ReturnType<typeof addUpCalls>): number {
  return fullCalls.reduce((sum, _, gap) => {
    const history = fullCalls.slice(Math.max(0, gap - 1), gap + 1).reverse();
    return sum + cost(history, fullCalls[gap + 1] ?? 14);
  }, 0);
}
