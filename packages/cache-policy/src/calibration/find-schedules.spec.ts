import { gramFromFeatures } from '@forecache/core';
import { findSchedules } from './find-schedules.js';

/** Even Euler steps from 1 to 0. */
function eulerResponse(calls: number) {
  return {
    rows: Array.from({ length: calls + 1 }, (_, s) =>
      Array.from({ length: calls }, (__, i) => (i < s ? -1 / calls : 0)),
    ),
  };
}

/** Outputs that turn fastest at the end. */
function bending(calls: number) {
  const features = Array.from({ length: calls }, (_, call) => {
    const turn = 3 * (call / calls) ** 4;
    return Float32Array.of(Math.cos(turn), Math.sin(turn));
  });
  return { products: gramFromFeatures(features) };
}

describe('findSchedules', () => {
  it('answers every number of full calls, with less drift the more there are', () => {
    const front = findSchedules({ runs: [bending(20)], response: eulerResponse(20), fullCalls: 6 });
    expect(front.map(({ fullCalls }) => fullCalls.length)).toEqual([1, 2, 3, 4, 5, 6]);
    front.slice(1).forEach((found, i) => {
      expect(found.predictedDrift).toBeLessThan(front[i]?.predictedDrift ?? NaN);
    });
  });

  it('puts full calls where outputs turn', () => {
    const problem = { runs: [bending(20)], response: eulerResponse(20), fullCalls: 4, history: 1 };
    const found = findSchedules(problem)[3];
    expect(found?.fullCalls.filter((call) => call >= 10).length).toBeGreaterThanOrEqual(2);
  });

  it('spends more where errors grow', () => {
    const turning = Array.from({ length: 20 }, (_, call) =>
      Float32Array.of(Math.cos(call / 7), Math.sin(call / 7)),
    );
    const runs = [{ products: gramFromFeatures(turning) }];
    const problem = { runs, response: eulerResponse(20), fullCalls: 4, history: 1 };
    const growth = Array.from({ length: 21 }, (_, s) => 2 ** ((20 - s) / 3));
    const early = (found: readonly number[] = []) => found.filter((call) => call < 10).length;
    const grown = findSchedules({ ...problem, growth })[3]?.fullCalls;
    expect(early(findSchedules(problem)[3]?.fullCalls)).toBe(2);
    expect(early(grown)).toBeGreaterThan(2);
  });

  it('weighs runs together', () => {
    const one = findSchedules({ runs: [bending(12)], response: eulerResponse(12), fullCalls: 3 });
    const runs = [bending(12), bending(12)];
    const two = findSchedules({ runs, response: eulerResponse(12), fullCalls: 3 });
    expect(two.map(({ fullCalls }) => fullCalls)).toEqual(one.map(({ fullCalls }) => fullCalls));
    expect(two[2]?.predictedDrift).toBeCloseTo(one[2]?.predictedDrift ?? NaN, 9);
  });

  it('searches a run of 200 calls on a grid and moves it call by call', () => {
    const problem = {
      runs: [bending(200)],
      response: eulerResponse(200),
      fullCalls: 4,
      history: 2,
    };
    const [, , , found] = findSchedules(problem);
    expect(found?.fullCalls).toHaveLength(4);
    expect(found?.fullCalls.some((call) => call % 4 !== 0)).toBe(true);
  });

  it('refuses growth of another run', () => {
    const problem = { runs: [bending(4)], response: eulerResponse(4), fullCalls: 2 };
    expect(() => findSchedules({ ...problem, growth: [1, 1] })).toThrow(
      'growth.length must be calls + 1 (5), got 2',
    );
  });

  it('refuses a response that looks ahead', () => {
    const rows = [[0], [1]].map((row) => [...row, 1]);
    const problem = { runs: [bending(2)], response: { rows: [...rows, [1, 1]] }, fullCalls: 1 };
    expect(() => findSchedules(problem)).toThrow(
      'response.rows[0][1] must be 0: the call comes later, got 1',
    );
  });
});
