import { fitWeights, forecastErrorSquared, gramFromFeatures } from '@forecache/core';
import { addUpCalls, type CallCost } from './gap-cost.js';
import { MAX_SEARCH_HISTORY, searchSchedules } from './schedule-search.js';

/** Costs without any pattern, the same for the same question. */
function patternless(target: number, sources: readonly number[]): number {
  const mixed = sources.reduce(
    (sum, call, i) => sum + (call + 1) * (i + 2) * 7919,
    target * 104729,
  );
  return (mixed % 1009) / 1009;
}

/** Every schedule of so many full calls, by trying all. */
function schedulesOf(calls: number, count: number): number[][] {
  if (count === 1) return [[0]];
  return schedulesOf(calls, count - 1).flatMap((head) => {
    const first = (head.at(-1) ?? NaN) + 1;
    return Array.from({ length: Math.max(0, calls - first) }, (_, i) => [...head, first + i]);
  });
}

interface Costs {
  readonly calls: number;
  readonly history: number;
  readonly errorOf: CallCost;
}

/** What a schedule costs, call by call. */
function costOf(fullCalls: readonly number[], { calls, history, errorOf }: Costs): number {
  const skipped = Array.from({ length: calls }, (_, call) => call).filter(
    (call) => !fullCalls.includes(call),
  );
  return skipped.reduce((sum, target) => {
    const before = fullCalls.filter((call) => call < target).reverse();
    return sum + errorOf(target, before.slice(0, history));
  }, 0);
}

describe('searchSchedules', () => {
  it.each([1, 2, MAX_SEARCH_HISTORY])(
    'finds what trying all finds, with a history of %i',
    (history) => {
      const search = { calls: 9, fullCalls: 9, history, errorOf: patternless };
      const front = searchSchedules({ ...search, gapCost: addUpCalls(patternless) });
      expect(front).toHaveLength(9);
      front.forEach(({ fullCalls, cost }, i) => {
        const every = schedulesOf(9, i + 1).map((schedule) => costOf(schedule, search));
        expect(fullCalls).toHaveLength(i + 1);
        expect(cost).toBeCloseTo(Math.min(...every), 12);
        expect(costOf(fullCalls, search)).toBeCloseTo(cost, 12);
      });
    },
  );

  it('spaces full calls evenly where every gap costs the same', () => {
    // A gap of d calls costs 1 + 4 + ... : the squared distance of each skipped call to the full one before it.
    const errorOf = (target: number, [newest]: readonly number[]) =>
      (target - (newest ?? NaN)) ** 2;
    const front = searchSchedules({
      calls: 12,
      fullCalls: 4,
      history: 1,
      gapCost: addUpCalls(errorOf),
    });
    expect(front[3]?.fullCalls).toEqual([0, 3, 6, 9]);
  });

  it('costs nothing when every call is full', () => {
    const front = searchSchedules({
      calls: 5,
      fullCalls: 5,
      history: 2,
      gapCost: addUpCalls(() => 1),
    });
    expect(front.map(({ cost }) => cost)).toEqual([4, 3, 2, 1, 0]);
    expect(front[4]?.fullCalls).toEqual([0, 1, 2, 3, 4]);
  });

  it('puts full calls where features bend, from inner products alone', () => {
    // Straight until call 5, straight again from there: a line needs two calls on each side of the bend.
    const features = Array.from({ length: 12 }, (_, call) =>
      Float32Array.of(1, call, Math.max(0, call - 5)),
    );
    const gram = { products: gramFromFeatures(features) };
    const errorOf = (target: number, sources: readonly number[]) => {
      const weights = fitWeights(gram, { target, sources }, { ridge: 1e-9 });
      return forecastErrorSquared(gram, { target, sources, weights });
    };
    const found = searchSchedules({
      calls: 12,
      fullCalls: 5,
      history: 2,
      gapCost: addUpCalls(errorOf),
    }).at(-1);
    expect(found?.cost).toBeLessThan(0.5);
    expect(found?.fullCalls.filter((call) => call >= 5 && call <= 7).length).toBeGreaterThanOrEqual(
      2,
    );
  });

  it('keeps to the places it is given', () => {
    const gapCost = addUpCalls((target, [newest]) => target - (newest ?? NaN));
    const found = searchSchedules({
      calls: 9,
      fullCalls: 2,
      history: 1,
      gapCost,
      places: [0, 3, 6],
    });
    // Gaps 0-2 and 3-8: 1+2 + 1+2+3+4+5 = 18; gaps 0-5 and 6-8: 1+2+3+4+5 + 1+2 = 18. The first found stays.
    expect(found[1]).toEqual({ fullCalls: [0, 3], cost: 18 });
  });

  it('knows a run of one call', () => {
    const gapCost = addUpCalls(patternless);
    expect(searchSchedules({ calls: 1, fullCalls: 1, history: 1, gapCost })).toEqual([
      { fullCalls: [0], cost: 0 },
    ]);
  });

  it.each([
    [{ calls: 0 }, 'calls must be an integer >= 1, got 0'],
    [{ calls: 2.5 }, 'calls must be an integer >= 1, got 2.5'],
    [{ fullCalls: 11 }, 'fullCalls must be an integer between 1 and 10, got 11'],
    [{ fullCalls: 0 }, 'fullCalls must be an integer between 1 and 10, got 0'],
    [{ history: 4 }, 'history must be an integer between 1 and 3, got 4'],
    [{ gapCost: () => NaN }, 'gapCost([0], 10) must be a number >= 0, got NaN'],
    [{ gapCost: () => -1 }, 'gapCost([0], 10) must be a number >= 0, got -1'],
    [{ places: [1, 2] }, 'places must be rising calls from 0 to 9 at most, got [1, 2]'],
    [{ places: [0, 3, 3] }, 'places must be rising calls from 0 to 9 at most, got [0, 3, 3]'],
    [{ places: [0, 10] }, 'places must be rising calls from 0 to 9 at most, got [0, 10]'],
    [{ places: [0, 5] }, 'fullCalls must be an integer between 1 and 2, got 3'],
  ])('refuses %o', (changed, message) => {
    const gapCost = addUpCalls(patternless);
    const search = { calls: 10, fullCalls: 3, history: 2, gapCost, ...changed };
    expect(() => searchSchedules(search)).toThrow(message);
  });
});
