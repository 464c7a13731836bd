import { forecastWeights, type ForecastRule } from '@forecache/core';
import { runInProcess, runJson } from '../../test/run-in-process.js';

interface Printed {
  readonly weights: readonly number[];
  readonly positions: readonly number[];
}

const weights = (...args: string[]) => runJson<Printed>('weights', ...args);

/** What the printed weights make of a scalar feature. */
async function forecast(feature: (s: number) => number, ...args: string[]): Promise<number> {
  const printed = await weights(...args);
  return printed.weights.reduce((sum, weight, i) => {
    return sum + weight * feature(printed.positions[i] ?? NaN);
  }, 0);
}

const square = (s: number) => s * s;
const decay = (s: number) => Math.exp(-s / 10);

describe('forecache weights', () => {
  it('prints the authors’ weights at equal spacing', async () => {
    // x = 1 after full calls 2, 5, 8 (gap 3): 1 + 1/3 + 1/18, -1/3 - 2/18, 1/18
    const history = ['--full', '0,1,2,5,8', '--at', '9', '--order', '2', '--warmup', '3'];
    const printed = await weights(...history);
    expect(printed.positions).toEqual([8, 5, 2]);
    [25 / 18, -8 / 18, 1 / 18].forEach((weight, i) => {
      expect(printed.weights[i]).toBeCloseTo(weight, 12);
    });
  });

  it('takes any increasing positions', async () => {
    // the line through (0.5, f1) and (1, f0) at 2: 3 f0 - 2 f1
    const line = ['--forecaster', 'newton', '--full', '0.5,1', '--at', '2'];
    expect(await weights(...line)).toEqual({ weights: [3, -2], positions: [1, 0.5] });
  });

  it('prints a table for people', async () => {
    const { out } = await runInProcess('weights', '--full', '0,1', '--at', '2');
    expect(out.split('\n')[0]).toMatch(/^position +weight$/);
  });

  /** The schedule of the golden values: three full calls, then one every third. */
  const UNTIL_8 = ['--full', '0,1,2,5,8'];

  it.each([
    ['1', square, { 9: 70.5, 10: 77 }],
    ['2', square, { 9: 70.25, 10: 77.5 }],
    ['1', decay, { 9: 0.423129, 10: 0.396928 }],
    ['2', decay, { 9: 0.422365, 10: 0.398456 }],
  ] as const)('hermite of order %s forecasts as published', async (order, feature, wanted) => {
    const rule = ['--forecaster', 'hermite', '--order', order, '--warmup', '3'];
    for (const [at, value] of Object.entries(wanted)) {
      expect(await forecast(feature, ...rule, ...UNTIL_8, '--at', at)).toBeCloseTo(value, 6);
    }
  });

  it('hermite with scale sqrt(1/2) is TaylorSeer at order 1', async () => {
    const history = ['--full', '0,5', '--at', '8'];
    const scale = ['--forecaster', 'hermite', '--scale', String(Math.SQRT1_2)];
    const [damped, taylor] = [await weights(...scale, ...history), await weights(...history)];
    damped.weights.forEach((weight, i) => expect(weight).toBeCloseTo(taylor.weights[i] ?? NaN, 12));
  });

  it.each([
    ['literal', '9', 80],
    ['literal', '10', 94.5],
    ['anchored', '9', 81],
    ['anchored', '10', 94],
  ])('foca %s forecasts s^2 at call %s as published', async (variant, at, value) => {
    // The published recursion forgets nothing: order 8 remembers all five.
    const rule = ['--forecaster', 'foca', '--variant', variant, '--order', '8'];
    expect(await forecast(square, ...rule, ...UNTIL_8, '--at', at)).toBeCloseTo(value, 6);
  });

  it('chebyshev shrinks mean and slope by the ridge', async () => {
    // At 0, 1 for 2, scaled: -1 and 0 for 1. (1, 1) times the inverse of (5/2, -1; -1, 3/2) is (10/11, 14/11);
    // the newest feature takes 10/11, the older 10/11 - 14/11.
    const rule = ['--forecaster', 'chebyshev', '--ridge', '0.5', '--full', '0,1', '--at', '2'];
    const printed = await weights(...rule);
    expect(printed.weights.map((weight) => weight.toFixed(9))).toEqual([
      (10 / 11).toFixed(9),
      (-4 / 11).toFixed(9),
    ]);
  });

  it('chebyshev fits the newest `window` features', async () => {
    const rule = ['--forecaster', 'chebyshev', ...UNTIL_8, '--at', '9', '--order', '2'];
    expect((await weights(...rule, '--window', '3')).positions).toEqual([8, 5, 2]);
    expect((await weights(...rule)).positions).toEqual([8, 5, 2, 1, 0]);
  });

  it.each<ForecastRule>([
    { forecaster: 'official', order: 1 },
    { forecaster: 'newton', order: 1 },
    { forecaster: 'hermite', order: 1 },
    { forecaster: 'foca' },
    { forecaster: 'chebyshev', order: 1 },
  ])('leaves what nobody says to the defaults of $forecaster', async (rule) => {
    const history = [0, 3, 6, 9].map((call) => ({ call, position: call }));
    const { weights: numbers, positions } = forecastWeights({ ...rule, history, at: 11 });
    const flags = ['--forecaster', rule.forecaster, '--full', '0,3,6,9', '--at', '11'];
    expect(await weights(...flags)).toEqual({ weights: numbers, positions });
  });

  it('names every forecaster and its flags in the help', async () => {
    const { out } = await runInProcess('weights', '--help');
    for (const word of ['TaylorSeer', 'HiCache', 'FoCa', 'Spectrum']) expect(out).toContain(word);
    for (const flag of ['scale', 'variant', 'ridge', 'window'])
      expect(out).toContain(`--${flag} <`);
  });
});

describe('forecache weights rejects', () => {
  const at3 = ['--full', '0,1', '--at', '3'];
  const hermite = [...at3, '--forecaster', 'hermite'];
  const foca = [...at3, '--forecaster', 'foca'];
  const chebyshev = [...at3, '--forecaster', 'chebyshev'];

  it.each([
    [['--full', '0,2,1', '--at', '3'], 'error: full must be strictly increasing, got [0, 2, 1]'],
    [['--full', '0,0', '--at', '3'], 'error: full must be strictly increasing, got [0, 0]'],
    [['--full', '', '--at', '3'], 'error: full must be numbers separated by commas, got ""'],
    [['--full', '0', '--at', 'NaN'], 'error: at must be a finite number, got "NaN"'],
    [[...at3, '--order', '9'], 'error: order must be an integer between 0 and 8, got 9'],
    [
      [...at3, '--forecaster', 'x'],
      'error: forecaster must be "official", "newton", "hermite", "foca" or "chebyshev", got "x"',
    ],
    [['--full', '0'], "error: required option '--at <position>' not specified"],
    [[...at3, '--ordr', '2'], "error: unknown option '--ordr' (Did you mean --order?)"],
    [[...hermite, '--scale', '0'], 'error: scale must be a finite number > 0, got 0'],
    [[...hermite, '--scale', 'half'], 'error: scale must be a finite number, got "half"'],
    [[...foca, '--variant', 'x'], 'error: variant must be "literal" or "anchored", got "x"'],
    [
      ['--forecaster', 'foca', '--full', '0.5,1', '--at', '2'],
      'error: history positions must be one apart per call for foca, got [0.5, 1]',
    ],
    [[...chebyshev, '--ridge', '-1'], 'error: ridge must be a finite number >= 0, got -1'],
    [
      [...chebyshev, '--window', '1'],
      'error: window must be an integer between order + 1 (2) and 9, got 1',
    ],
    [[...chebyshev, '--window', '2.5'], 'error: window must be an integer >= 1, got "2.5"'],
  ])('%j with one line and code 2', async (args, message) => {
    expect(await runInProcess('weights', ...args)).toEqual({ code: 2, out: '', err: message });
  });

  it.each([
    ['official', 'scale', 'hermite'],
    ['newton', 'ridge', 'chebyshev'],
    ['hermite', 'variant', 'foca'],
    ['foca', 'window', 'chebyshev'],
    ['chebyshev', 'growth', 'official or newton or hermite'],
  ])('for %s the flag %s, which is for %s', async (forecaster, flag, takers) => {
    const args = [...at3, '--forecaster', forecaster, `--${flag}`, '1'];
    const err = `error: ${flag} must be left out for ${forecaster}: it is for ${takers}, got "1"`;
    expect(await runInProcess('weights', ...args)).toEqual({ code: 2, out: '', err });
  });
});
