import fc from 'fast-check';
import { forecastOf, gainOf, histories, historyAt } from '../test/histories.js';
import { forecastWeights } from './forecast-weights.js';

const square = (s: number) => s * s;

describe('forecastWeights(chebyshev)', () => {
  it('is the line of least squares at order 1 without ridge', () => {
    // Through 1, 2, 6 at 0, 1, 2: mean 3, slope 5/2, so 3 + 2 * 5/2 at 3.
    const options = { forecaster: 'chebyshev', ridge: 0, order: 1, window: 3 } as const;
    const result = forecastWeights({ ...options, history: historyAt(0, 1, 2), at: 3 });
    expect(result).toMatchObject({ positions: [2, 1, 0], order: 1 });
    const values: Record<number, number> = { 0: 1, 1: 2, 2: 6 };
    const forecast = result.weights.reduce(
      (sum, w, j) => sum + w * (values[result.positions[j] ?? NaN] ?? NaN),
      0,
    );
    expect(forecast).toBeCloseTo(8, 12);
  });

  it('divides mean and slope by what the ridge adds to them', () => {
    // At 2 and 4 for 6 of a run from 0 to 6, scaled: -1/3 and 1/3 for 1. The mean is over 2 + ridge, the slope
    // over 2/9 + ridge: (1/2) (2/3) = 1/(2 + 1), (1/3) / (2/9 + 1) = 3/11; so 1/3 + 3/11 and 1/3 - 3/11.
    const options = { forecaster: 'chebyshev', order: 1, ridge: 1, span: [0, 6] } as const;
    const { weights } = forecastWeights({ ...options, history: historyAt(2, 4), at: 6 });
    expect(weights[0]).toBeCloseTo(1 / 3 + 3 / 11, 12);
    expect(weights[1]).toBeCloseTo(1 / 3 - 3 / 11, 12);
  });

  it('is held by the ridge inside of a run, and swings at the end of its own span', () => {
    const options = { history: historyAt(10, 15, 20, 25), at: 29, order: 3, ridge: 0.1 } as const;
    const own = forecastWeights({ forecaster: 'chebyshev', ...options });
    const inRun = forecastWeights({ forecaster: 'chebyshev', ...options, span: [0, 49] });
    expect(gainOf(inRun.weights)).toBeLessThan(gainOf(own.weights));
  });

  it('equals newton without ridge when it has order + 1 features', () => {
    fc.assert(
      fc.property(histories(), fc.integer({ min: 0, max: 4 }), ahead(), (history, order, x) => {
        const window = order + 1;
        const at = (history.at(-1)?.position ?? NaN) + x;
        const newton = forecastWeights({ forecaster: 'newton', history, order, at }).weights;
        const rule = { forecaster: 'chebyshev', order, window, ridge: 0 } as const;
        forecastWeights({ ...rule, history, at }).weights.forEach((weight, j) => {
          expect(Math.abs(weight - (newton[j] ?? NaN))).toBeLessThanOrEqual(1e-8 * gainOf(newton));
        });
      }),
    );
  });

  it('satisfies the closed form of the regression', () => {
    fc.assert(
      fc.property(histories(), fc.integer({ min: 0, max: 4 }), ahead(), (history, order, x) => {
        const at = (history.at(-1)?.position ?? NaN) + x;
        const rule = { forecaster: 'chebyshev', order, ridge: 0.1 } as const;
        const { weights, order: degree } = forecastWeights({ ...rule, history, at });
        const positions = history.map(({ position }) => position).reverse();
        const wanted = closedForm({ positions, at, degree, ridge: 0.1 });
        weights.forEach((weight, j) => expect(weight).toBeCloseTo(wanted[j] ?? NaN, 9));
      }),
    );
  });

  it('gives the same weights for every unit and origin of positions', () => {
    fc.assert(
      fc.property(histories(), fc.integer({ min: 0, max: 4 }), ahead(), (history, order, x) => {
        const at = (history.at(-1)?.position ?? NaN) + x;
        const rule = { forecaster: 'chebyshev', order } as const;
        const moved = history.map(({ call, position }) => ({ call, position: 7 - position / 4 }));
        const { weights } = forecastWeights({ ...rule, history: moved, at: 7 - at / 4 });
        const wanted = forecastWeights({ ...rule, history, at }).weights;
        weights.forEach((weight, j) => expect(weight).toBeCloseTo(wanted[j] ?? NaN, 9));
      }),
    );
  });

  it('tends to nothing as the ridge grows', () => {
    const options = { history: historyAt(0, 2, 5, 6), at: 9, order: 2, ridge: 1e12 } as const;
    const { weights } = forecastWeights({ forecaster: 'chebyshev', ...options });
    weights.forEach((weight) => expect(weight).toBeCloseTo(0, 9));
  });

  it('smooths a jump that newton would extrapolate', () => {
    const options = { history: historyAt(0, 1, 2, 3, 4, 5), at: 7, order: 2 } as const;
    const noise = (s: number) => (-1) ** s;
    const newton = forecastOf({ forecaster: 'newton', ...options }, noise);
    const smooth = forecastOf({ forecaster: 'chebyshev', ...options }, noise);
    expect(Math.abs(newton)).toBeGreaterThan(10);
    expect(Math.abs(smooth)).toBeLessThan(1.5);
  });

  it('reads the newest `window` features, and all nine by default', () => {
    const options = { forecaster: 'chebyshev', history: historyAt(...range(12)), at: 13 } as const;
    expect(forecastWeights({ ...options, order: 1 }).positions).toEqual(
      range(12).slice(3).reverse(),
    );
    expect(forecastWeights({ ...options, order: 1, window: 2 }).positions).toEqual([11, 10]);
  });

  it('lowers the degree when the history is short', () => {
    const rule = { forecaster: 'chebyshev', order: 4, ridge: 0 } as const;
    expect(forecastWeights({ ...rule, history: historyAt(0), at: 3 })).toEqual({
      weights: [1],
      positions: [0],
      order: 0,
    });
    expect(forecastWeights({ ...rule, history: historyAt(0, 1, 2), at: 3 }).order).toBe(2);
  });

  it('is not interpolatory when it has more features than coefficients', () => {
    const options = { forecaster: 'chebyshev', history: historyAt(0, 1, 2), at: 2 } as const;
    // The line of least squares through 0, 1, 4 is 11/3 at 2.
    expect(forecastOf({ ...options, order: 1, ridge: 0 }, square)).toBeCloseTo(11 / 3, 12);
  });

  it('shrinks one feature at its own position by the ridge alone', () => {
    const options = { forecaster: 'chebyshev', history: historyAt(4), at: 4, order: 2 } as const;
    expect(forecastWeights({ ...options, ridge: 0 }).weights).toEqual([1]);
    expect(forecastWeights({ ...options, ridge: 1 }).weights[0]).toBeCloseTo(1 / 2, 12);
  });
});

/** w = Phi (Phi^T Phi + lambda I)^-1 phi, by Gauss-Jordan on the normal equations. */
function closedForm(fit: {
  readonly positions: readonly number[];
  readonly at: number;
  readonly degree: number;
  readonly ridge: number;
}): number[] {
  const all = [fit.at, ...fit.positions];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const basis = (position: number) => {
    const x = high > low ? (2 * (position - low)) / (high - low) - 1 : 0;
    // T_i(x) = cos(i arccos x), the definition.
    return range(fit.degree + 1).map((i) => Math.cos(i * Math.acos(Math.max(-1, Math.min(1, x)))));
  };
  const rows = fit.positions.map(basis);
  const phi = basis(fit.at);
  const matrix = phi.map((value, i) => [
    ...phi.map((_, j) => {
      const product = rows.reduce((sum, row) => sum + (row[i] ?? NaN) * (row[j] ?? NaN), 0);
      return product + (i === j ? fit.ridge : 0);
    }),
    value,
  ]);
  matrix.forEach((pivotRow, k) => {
    const pivot = pivotRow[k] ?? NaN;
    pivotRow.forEach((value, j) => (pivotRow[j] = value / pivot));
    matrix.forEach((row, i) => {
      const factor = row[k] ?? NaN;
      if (i !== k) row.forEach((value, j) => (row[j] = value - factor * (pivotRow[j] ?? NaN)));
    });
  });
  const solution = matrix.map((row) => row.at(-1) ?? NaN);
  return rows.map((row) => row.reduce((sum, value, i) => sum + value * (solution[i] ?? NaN), 0));
}

function ahead() {
  return fc.double({ min: -5, max: 12, noNaN: true });
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
