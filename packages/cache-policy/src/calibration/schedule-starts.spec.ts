import { gramFromFeatures } from '@forecache/core';
import { findSchedules } from './find-schedules.js';
import { scheduleStarts } from './schedule-starts.js';

const CALLS = 20;

/** Even Euler steps from 1 to 0. */
const response = {
  rows: Array.from({ length: CALLS + 1 }, (_, s) =>
    Array.from({ length: CALLS }, (__, i) => (i < s ? -1 / CALLS : 0)),
  ),
};

/** Outputs that turn by `speed` radians a call, with more that two features do not tell. */
function turning(speed: number, rest = (call: number) => [Math.cos(call)]) {
  const features = Array.from({ length: CALLS }, (_, call) =>
    Float32Array.of(Math.cos(speed * call), Math.sin(speed * call), ...rest(call)),
  );
  return { products: gramFromFeatures(features) };
}

const sum = (fullCalls: readonly number[]) => fullCalls.reduce((total, call) => total + call, 0);

describe('scheduleStarts', () => {
  const runs = [turning(0.1), turning(0.2), turning(0.3), turning(0.4)];

  it('begins with the plain search and repeats none', () => {
    const starts = scheduleStarts({ runs, response, fullCalls: 5 });
    expect(starts[0]).toEqual(findSchedules({ runs, response, fullCalls: 5 })[4]?.fullCalls);
    expect(new Set(starts.map(String)).size).toBe(starts.length);
    expect(starts.length).toBeGreaterThan(2);
    starts.forEach((start) => expect(start).toHaveLength(5));
  });

  it('has schedules with earlier full calls, where errors may grow, and with later ones', () => {
    const problem = { runs: [turning(0.15, () => [])], response, fullCalls: 6, history: 1 };
    const [plain, ...others] = scheduleStarts(problem).map(sum);
    expect(Math.max(...others)).toBeGreaterThan(plain ?? NaN);
    expect(Math.min(...others)).toBeLessThan(plain ?? NaN);
  });

  it('leaves out runs in turn', () => {
    const fullCalls = 5;
    const starts = scheduleStarts({ runs, response, fullCalls }).map(String);
    runs.forEach((_, out) => {
      const others = runs.filter((__, run) => run !== out);
      const found = findSchedules({ runs: others, response, fullCalls })[fullCalls - 1];
      expect(starts).toContain(String(found?.fullCalls));
    });
  });

  it('passes the history on, and refuses what a search refuses', () => {
    const starts = scheduleStarts({ runs, response, fullCalls: 4, history: 1 });
    const plain = findSchedules({ runs, response, fullCalls: 4, history: 1 });
    expect(starts[0]).toEqual(plain[3]?.fullCalls);
    expect(() => scheduleStarts({ runs: [], response, fullCalls: 4 })).toThrow(
      'runs must be at least one run, got []',
    );
  });
});
