import { completeBound, truncationBound, type RecordedForecast } from './error-bounds.js';

/** A recorded run of 50 calls whose feature has one element per given function of the call. */
function record(...functions: ((s: number) => number)[]): Float64Array[] {
  return Array.from({ length: 50 }, (_, s) => Float64Array.from(functions, (f) => f(s)));
}

const sine = (s: number) => Math.sin(s / 6);
const cosine = (s: number) => Math.cos(s / 6);
const decay = (s: number) => Math.exp(-s / 10);
const square = (s: number) => s * s;

const TRAJECTORIES = {
  decay: record(decay),
  circle: record(sine, cosine),
  mixture: record(
    sine,
    (s) => Math.cos(s / 9 + 1),
    decay,
    (s) => 0.01 * square(s),
  ),
};

const SETTINGS = [0, 1, 2, 3, 4].flatMap((order) =>
  [1, 2, 3, 5].flatMap((interval) =>
    [1, 2, 4].map((offset) => ({ order, interval, offset, newest: 20 })),
  ),
);

/** Rounding of sums, relative to features of size 1. */
const ROUNDING = 1e-12;

describe.each(Object.entries(TRAJECTORIES))('on a smooth trajectory (%s)', (_name, trajectory) => {
  it('the complete bound (eq. 12) holds for every order, interval and offset', () => {
    for (const setting of SETTINGS) {
      const { bound, trueError } = completeBound({ trajectory, ...setting });
      expect(trueError).toBeLessThanOrEqual(bound + ROUNDING);
    }
  });

  it('the truncation bound (eq. 11) holds at order 0, where no difference is taken', () => {
    for (const setting of SETTINGS.filter(({ order }) => order === 0)) {
      const { bound, trueError } = truncationBound({ trajectory, ...setting });
      expect(trueError).toBeLessThanOrEqual(bound + ROUNDING);
    }
  });

  it('neither bound is idle: at order 0 it is within a factor of two of the error', () => {
    const { bound, trueError } = completeBound({
      trajectory,
      newest: 20,
      interval: 5,
      order: 0,
      offset: 2,
    });
    expect(bound).toBeLessThan(2 * trueError);
  });
});

describe('the estimates', () => {
  const at20 = { newest: 20, interval: 5, offset: 4 };

  it('M is the largest derivative over the window: on a circle the radius over 6^(m+1)', () => {
    for (const order of [0, 1, 2]) {
      const { derivativeBound } = truncationBound({
        trajectory: TRAJECTORIES.circle,
        order,
        ...at20,
      });
      expect(derivativeBound * 6 ** (order + 1)).toBeCloseTo(1, 4);
    }
  });

  it('M of a decaying exponential is its derivative at the newest full call', () => {
    const { derivativeBound } = truncationBound({
      trajectory: TRAJECTORIES.decay,
      order: 1,
      ...at20,
    });
    expect(derivativeBound).toBeCloseTo(decay(20) / 100, 6);
  });

  it('C_1 of s^2 is N, for the backward difference is 2 t - N', () => {
    const { differenceErrors } = completeBound({ trajectory: record(square), order: 2, ...at20 });
    expect(differenceErrors[0]).toBeCloseTo(5, 6);
    expect(differenceErrors[1]).toBeCloseTo(0, 6);
  });

  it('at order 2 on s^2 eq. (11) promises no error where there is N k; eq. (12) is tight', () => {
    const forecast = { trajectory: record(square), order: 2, ...at20 };
    expect(truncationBound(forecast).bound).toBeCloseTo(0, 6);
    expect(truncationBound(forecast).trueError).toBeCloseTo(5 * 4, 9);
    expect(completeBound(forecast).bound).toBeCloseTo(5 * 4, 6);
  });

  it('take float32 recordings', () => {
    const trajectory = TRAJECTORIES.circle.map((frame) => Float32Array.from(frame));
    const { bound, trueError } = completeBound({ trajectory, order: 1, ...at20 });
    expect(trueError).toBeLessThanOrEqual(bound);
  });

  it('work at the ends of a recording', () => {
    const trajectory = TRAJECTORIES.mixture;
    for (const newest of [10, 45]) {
      const { bound, trueError } = completeBound({
        trajectory,
        newest,
        interval: 5,
        order: 2,
        offset: 4,
      });
      expect(trueError).toBeLessThanOrEqual(bound);
    }
  });
});

describe('error bounds refuse', () => {
  const good: RecordedForecast = {
    trajectory: record(sine),
    newest: 20,
    interval: 5,
    order: 2,
    offset: 2,
  };

  it.each([
    [{ order: 9 }, 'order must be an integer between 0 and 8, got 9'],
    [{ interval: 0 }, 'interval must be an integer >= 1, got 0'],
    [{ offset: 0 }, 'offset must be an integer >= 1, got 0'],
    [{ newest: 9 }, 'newest must be an integer between 10 and 47, got 9'],
    [{ newest: 48 }, 'newest must be an integer between 10 and 47, got 48'],
    [{ trajectory: [] }, 'trajectory must be at least 13 calls long, got 0'],
    [
      { trajectory: [...record(sine).slice(0, 49), new Float64Array(2)] },
      'trajectory[49] must be as long as the first feature (1), got 2',
    ],
  ])('%p', (change, message) => {
    expect(() => completeBound({ ...good, ...change })).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message }),
    );
  });
});
