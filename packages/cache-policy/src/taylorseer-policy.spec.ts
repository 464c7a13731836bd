import { every, fromFalling, fullCalls, runOf } from '../test/runs.js';
import { compileRunPlan, createTaylorSeerPolicy, type TaylorSeerOptions } from './index.js';

/** DiT's released code prints steps falling from 49 to 0; every N from 48 down. */
function ditSteps(N: number): number[] {
  return fromFalling(49, ...every(N, 0, 48).map((k) => 48 - k));
}

describe('taylorseer full calls', () => {
  it.each([
    [2, 26],
    [3, 18],
    [4, 14],
    [5, 11],
    [6, 10],
    [7, 8],
    [8, 8],
    [9, 7],
    [10, 6],
  ])('are those of DiT (50 steps, warmup 2) at N=%i: %i calls', (interval, count) => {
    const calls = fullCalls(createTaylorSeerPolicy({ interval, warmup: 2 }));
    expect(calls).toEqual(ditSteps(interval));
    expect(calls).toHaveLength(count);
  });

  it('are those printed for DiT at N=7 and N=10', () => {
    const at = (interval: number) => fullCalls(createTaylorSeerPolicy({ interval, warmup: 2 }));
    expect(at(7)).toEqual(fromFalling(49, 48, 41, 34, 27, 20, 13, 6));
    expect(at(10)).toEqual(fromFalling(49, 48, 38, 28, 18, 8));
  });

  const INTERVALS = [2, 3, 4, 5, 6, 7, 8, 9, 10];

  /** [steps, warm-up, full calls at N = 2 .. 10] */
  const COUNTS: [number, number, number[]][] = [
    [50, 1, [25, 17, 13, 10, 9, 8, 7, 6, 5]],
    [50, 2, [26, 18, 14, 11, 10, 8, 8, 7, 6]],
    [50, 3, [26, 18, 14, 12, 10, 9, 8, 8, 7]],
    [28, 1, [14, 10, 7, 6, 5, 4, 4, 4, 3]],
    [28, 2, [15, 10, 8, 7, 6, 5, 5, 4, 4]],
    [28, 3, [15, 11, 9, 8, 7, 6, 6, 5, 5]],
  ];

  it.each(COUNTS)('of %i steps with warmup %i number as published', (calls, warmup, wanted) => {
    const counts = INTERVALS.map(
      (interval) => fullCalls(createTaylorSeerPolicy({ interval, warmup }), calls).length,
    );
    expect(counts).toEqual(wanted);
  });

  it.each([
    [3, every(3, 5, 47)],
    [4, every(4, 6, 46)],
    [5, every(5, 7, 47)],
    [6, every(6, 8, 44)],
    [7, every(7, 9, 44)],
    [9, every(9, 11, 47)],
  ])('are those of FLUX (warmup 3) at N=%i', (interval, later) => {
    expect(fullCalls(createTaylorSeerPolicy({ interval }))).toEqual([0, 1, 2, ...later]);
  });

  it.each([3, 4, 5, 6])('are those of HunyuanVideo (warmup 1) at N=%i', (interval) => {
    expect(fullCalls(createTaylorSeerPolicy({ interval, warmup: 1 }))).toEqual(
      every(interval, 0, 49),
    );
  });

  it('include the last calls with tail', () => {
    expect(fullCalls(createTaylorSeerPolicy({ interval: 6, tail: 2 }), 20)).toEqual([
      0, 1, 2, 8, 14, 18, 19,
    ]);
  });

  it('are all calls at interval 1', () => {
    expect(fullCalls(createTaylorSeerPolicy({ interval: 1, order: 4, warmup: 1 }), 6)).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
  });
});

describe('taylorseer forecasts', () => {
  const plan = (options: TaylorSeerOptions, calls = 20) =>
    compileRunPlan({ policy: createTaylorSeerPolicy(options), run: runOf(calls) });

  it('reuse at order 0', () => {
    const { calls, setup } = plan({ order: 0 });
    expect(calls[3]?.action).toEqual({ kind: 'reuse' });
    expect(setup.historySize).toBe(1);
  });

  it('reuse while warmup 1 has one feature, then grow', () => {
    const { calls } = plan({ interval: 5, order: 2, warmup: 1 });
    expect(calls[4]?.action).toEqual({ kind: 'reuse' });
    // A line through calls 0 and 5, at 6.
    expect(calls[6]?.action).toEqual({ kind: 'forecast', weights: [1.2, -0.2] });
    expect(calls[11]?.action).toMatchObject({ weights: { length: 3 } });
  });

  it('form no difference before call warmup - 1', () => {
    // Calls 0, 1, 2 are full; only call 2 forms a difference, so order 1 at most.
    const official = plan({ order: 2 }).calls[4]?.action;
    expect(official).toEqual({ kind: 'forecast', weights: [3, -2] });
    const eager = plan({ order: 2, growth: 'eager' }).calls[4]?.action;
    // D_1 = F_2 - F_1, D_2 = F_2 - 2 F_1 + F_0; at x = 2: F + 2 D_1 + 2 D_2.
    expect(eager).toEqual({ kind: 'forecast', weights: [5, -6, 2] });
  });

  it('can be made in timesteps or sigmas, and the growth gate stays at call indices', () => {
    const run = {
      ...runOf(5),
      timesteps: [1000, 900, 700, 400, 0],
      sigmas: [1, 0.9, 0.7, 0.4, 0],
    };
    for (const position of ['timestep', 'sigma'] as const) {
      const policy = createTaylorSeerPolicy({ order: 2, position });
      const action = compileRunPlan({ policy, run }).calls[3]?.action;
      // From 900 and 700 to 400: x / gap = 300 / 200.
      if (action?.kind !== 'forecast') throw new Error('call 3 must be a forecast');
      expect(action.weights.map((weight) => Number(weight.toFixed(9)))).toEqual([2.5, -1.5]);
    }
  });

  it('are exact on lines in newton mode too', () => {
    const action = plan({ order: 2, forecaster: 'newton', warmup: 3 }).calls[3]?.action;
    expect(action).toEqual({ kind: 'forecast', weights: [3, -3, 1] });
  });
});

describe('taylorseer options', () => {
  it('print interval, order and warmup, and others that are not the default', () => {
    expect(createTaylorSeerPolicy().toString()).toBe('taylorseer(interval=5, order=1, warmup=3)');
    expect(
      createTaylorSeerPolicy({
        interval: 6,
        tail: 1,
        growth: 'eager',
        position: 'call',
      }).toString(),
    ).toBe('taylorseer(interval=6, order=1, warmup=3, tail=1, growth=eager)');
  });

  it.each([
    [{ interval: 0 }, 'interval must be an integer >= 1, got 0'],
    [{ interval: 2.5 }, 'interval must be an integer >= 1, got 2.5'],
    [{ interval: NaN }, 'interval must be an integer >= 1, got NaN'],
    [{ order: 9 }, 'order must be an integer between 0 and 8, got 9'],
    [{ order: -1 }, 'order must be an integer between 0 and 8, got -1'],
    [{ warmup: 0 }, 'warmup must be an integer >= 1, got 0'],
    [{ tail: -1 }, 'tail must be an integer >= 0, got -1'],
    [{ growth: 'late' as 'eager' }, 'growth must be one of official, eager, got "late"'],
    [{ position: 't' as 'call' }, 'position must be one of call, timestep, sigma, got "t"'],
  ])('%p is refused', (options, message) => {
    expect(() => createTaylorSeerPolicy(options)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message }),
    );
  });
});
