import fc from 'fast-check';
import { exponentials, gramAt, gramOf, seededNumbers, type Rate } from '../test/exponentials.js';
import { gainOf } from '../test/histories.js';
import { dmdModes, type DmdFallbackReason, type DmdOptions } from './dmd-modes.js';
import { dmdWeights, MAX_WEIGHT_GAIN, type DmdResult } from './dmd-weights.js';
import { shortestSolution } from './solve-linear.js';
import { gramFromFeatures } from './gram-from-features.js';

type Feature = (s: number) => readonly number[];

/** Relative to the norm of the truth. */
const EXACT = 1e-6;

const DECAYS: Rate[] = [{ re: 1 }, { re: 0.9 }, { re: 0.7 }];
const WAVE: Rate[] = [{ re: 1 }, { re: 0.9, im: 0.2 }];
const DECAY_AND_WAVE: Rate[] = [{ re: 0.95 }, { re: 0.8, im: 0.3 }];

const NO_SIGNAL: DmdOptions = { gram: [1, 2, 3, 4].map(() => [0, 0, 0, 0]) };

/** [title, rates, snapshots] */
const EXACT_CASES: [string, Rate[], number][] = [
  ['one decay', [{ re: 0.8 }], 4],
  ['a constant', [{ re: 1 }], 4],
  ['a constant and two decays', DECAYS, 4],
  ['a constant and two decays, more snapshots', DECAYS, 6],
  ['a constant and two decays, nine snapshots', DECAYS, 9],
  ['a constant and a wave', WAVE, 4],
  ['a constant and a wave, more snapshots', WAVE, 7],
  ['a decay and a wave', DECAY_AND_WAVE, 5],
  ['a constant, two decays and a wave', [...DECAYS, { re: 0.8, im: 0.5 }], 9],
  ['a slow growth', [{ re: 1.3 }, { re: 0.6 }], 5],
];

describe('dmdWeights', () => {
  describe.each(EXACT_CASES)('%s', (_title, rates, count) => {
    it.each([0.2, 0.8, 1, 2, 2.5])('is exact %f spacings ahead', (steps) => {
      const feature = exponentials(rates);
      expect(errorOf(feature, { count, steps })).toBeLessThan(EXACT);
    });
  });

  it('is exact at random decays, waves and distances', () => {
    const rate = fc.double({ min: 0.3, max: 0.7, noNaN: true });
    const im = fc.double({ min: 0.2, max: 0.6, noNaN: true });
    const steps = fc.double({ min: 0.05, max: 3, noNaN: true });
    fc.assert(
      fc.property(rate, im, steps, (decay, turn, kappa) => {
        const feature = exponentials([{ re: 1 }, { re: decay }, { re: 0.8, im: turn }]);
        expect(errorOf(feature, { count: 6, steps: kappa })).toBeLessThan(EXACT);
      }),
    );
  });

  it('is exact on float32 features, through their Gram matrix', () => {
    const feature = exponentials(DECAYS, 1000);
    const snapshots = range(5).map((j) => Float32Array.from(feature(-j)));
    const { weights } = weightsOf({ gram: gramFromFeatures(snapshots), steps: 0.6 });
    const forecast = feature(0).map((_, i) =>
      weights.reduce((sum, w, j) => sum + w * (snapshots[j]?.[i] ?? NaN), 0),
    );
    expect(relativeError(forecast, feature(0.6))).toBeLessThan(1e-5);
  });

  it('follows a straight line and a parabola, which are multiple modes at 1', () => {
    const [a = [], b = [], c = []] = directions(3);
    const line: Feature = (s) => a.map((x, i) => x + 0.1 * s * (b[i] ?? NaN));
    const parabola: Feature = (s) => line(s).map((x, i) => x + 0.02 * s * s * (c[i] ?? NaN));
    expect(errorOf(line, { count: 5, steps: 0.8 })).toBeLessThan(EXACT);
    expect(errorOf(parabola, { count: 6, steps: 0.8 })).toBeLessThan(1e-4);
  });

  it('does not depend on the scale of the features', () => {
    const gram = gramAt(exponentials(DECAY_AND_WAVE), 6);
    const { weights } = weightsOf({ gram, steps: 0.4 });
    for (const scale of [1e-200, 1e-8, 3, 1e200]) {
      const scaled = gram.map((row) => row.map((value) => value * scale));
      weightsOf({ gram: scaled, steps: 0.4 }).weights.forEach((weight, j) =>
        expect(weight).toBeCloseTo(weights[j] ?? NaN, 9),
      );
    }
  });

  it('agrees with plain DMD on tensors at whole steps, where modes explain the features', () => {
    const feature = exponentials(DECAYS);
    for (const steps of [1, 2, 3]) {
      const snapshots = range(4).map((j) => feature(-j));
      const forecast = combine(weightsOf({ gram: gramOf(snapshots), steps }).weights, snapshots);
      expect(relativeError(forecast, plainDmd(snapshots, steps))).toBeLessThan(1e-9);
    }
  });

  it('stays within the noise of plain DMD where they nearly do', () => {
    const noise = 1e-4;
    const next = seededNumbers(3);
    const snapshots = range(4).map((j) => exponentials(DECAYS)(-j).map((x) => x + noise * next()));
    const { weights } = weightsOf({ gram: gramOf(snapshots), steps: 1 });
    const difference = relativeError(combine(weights, snapshots), plainDmd(snapshots, 1));
    expect(difference).toBeLessThan(10 * noise);
  });

  it('reuses what no mode explains', () => {
    // Every feature points its own way: nothing moves along the history.
    const orthogonal = range(5).map((i) => range(5).map((j) => (i === j ? 1 : 0)));
    expect(weightsOf({ gram: orthogonal, steps: 0.5 }).weights).toEqual([1, 0, 0, 0, 0]);
  });

  it('does not explode on white noise', () => {
    for (const seed of range(200)) {
      const next = seededNumbers(seed);
      const count = 4 + (seed % 6);
      const snapshots = range(count).map(() => range(64).map(next));
      for (const steps of [0.2, 0.8, 1, 2]) {
        const { weights } = weightsOf({ gram: gramOf(snapshots), steps });
        expect(gainOf(weights)).toBeLessThan(10);
      }
    }
  });

  it('gets better than reuse on a noisy decay, at any rank tolerance', () => {
    const noise = 1e-2;
    const next = seededNumbers(5);
    const truth = exponentials(DECAYS);
    const snapshots = range(6).map((j) => truth(-j).map((x) => x + noise * next()));
    const reuse = relativeError(snapshots[0] ?? [], truth(0.8));
    for (const rankTolerance of [0, 1e-4, 1e-2]) {
      const { weights } = weightsOf({ gram: gramOf(snapshots), steps: 0.8, rankTolerance });
      expect(relativeError(combine(weights, snapshots), truth(0.8))).toBeLessThan(reuse / 3);
    }
  });

  it('is exact to what the rank tolerance drops', () => {
    const [a = [], b = []] = directions(2);
    const faint: Feature = (s) => a.map((x, i) => x + 1e-6 * 0.5 ** s * (b[i] ?? NaN));
    expect(errorOf(faint, { count: 4, steps: 1 })).toBeLessThan(1e-5);
  });

  it('answers every distance from the same modes, and leaves them alone', () => {
    const found = dmdModes({ gram: gramAt(exponentials(DECAY_AND_WAVE), 6) });
    const before = JSON.stringify(found);
    const first = dmdWeights(found, 0.5);
    dmdWeights(found, 2);
    expect(dmdWeights(found, 0.5)).toEqual(first);
    expect(JSON.stringify(found)).toBe(before);
  });

  it.each<DmdFallbackReason>(['not-finite', 'no-signal', 'not-converged', 'growing-modes'])(
    'passes on why there are no modes: %s',
    (reason) => {
      const fallback = { kind: 'fallback', reason } as const;
      expect(dmdWeights(fallback, 0.5)).toEqual(fallback);
    },
  );

  it('falls back on weights that would blow errors up, and only where they do', () => {
    // Six modes that nearly coincide, far ahead: extrapolation of high order.
    const rates = [0.95, 0.9, 0.85, 0.8, 0.75, 0.7].map((re) => ({ re }));
    const found = dmdModes({ gram: gramAt(exponentials(rates), 7), rankTolerance: 1e-6 });
    expect(dmdWeights(found, 8)).toEqual({ kind: 'fallback', reason: 'large-weights' });
    expect(dmdWeights(found, 0.5).kind).toBe('weights');
  });

  it.each([0, -0, -1, NaN, Infinity])('refuses steps %d, whatever the modes', (steps) => {
    const message = `steps must be a finite number > 0, got ${Object.is(steps, -0) ? '-0' : steps}`;
    for (const found of [dmdModes({ gram: gramAt(exponentials(WAVE), 4) }), dmdModes(NO_SIGNAL)]) {
      expect(() => dmdWeights(found, steps)).toThrow(
        expect.objectContaining({ code: 'invalid-argument', message }),
      );
    }
  });
});

interface Wanted extends DmdOptions {
  readonly steps: number;
}

/** Both halves in one go. */
function weightsOf({ steps, ...options }: Wanted): DmdResult & { kind: 'weights' } {
  const result = dmdWeights(dmdModes(options), steps);
  if (result.kind === 'fallback') throw new Error(`fell back: ${result.reason}`);
  expect(gainOf(result.weights)).toBeLessThanOrEqual(MAX_WEIGHT_GAIN);
  expect(result.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
  return result;
}

/** Error of the forecast from the feature's newest snapshots. */
function errorOf(feature: Feature, at: { readonly count: number; readonly steps: number }): number {
  const snapshots = range(at.count).map((j) => feature(-j));
  const { weights } = weightsOf({ gram: gramOf(snapshots), steps: at.steps });
  return relativeError(combine(weights, snapshots), feature(at.steps));
}

/** (X' X^+)^steps applied to the newest snapshot, by least squares on the tensors themselves. */
function plainDmd(snapshots: readonly (readonly number[])[], steps: number): readonly number[] {
  const older = snapshots.slice(1);
  let state: readonly number[] = snapshots[0] ?? [];
  for (let step = 0; step < steps; step++) {
    const values = older.map((column) => dot(column, state));
    // X^+ state, from the normal equations.
    const coordinates = shortestSolution({ rows: gramOf(older), values });
    state = combine(coordinates, snapshots.slice(0, -1));
  }
  return state;
}

function directions(count: number): number[][] {
  const next = seededNumbers(11);
  return range(count).map(() => range(24).map(next));
}

function combine(weights: readonly number[], features: readonly (readonly number[])[]): number[] {
  return (features[0] ?? []).map((_, i) =>
    weights.reduce((sum, weight, j) => sum + weight * (features[j]?.[i] ?? NaN), 0),
  );
}

function relativeError(actual: readonly number[], wanted: readonly number[]): number {
  const difference = actual.map((x, i) => x - (wanted[i] ?? NaN));
  return Math.sqrt(dot(difference, difference) / dot(wanted, wanted));
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, x, i) => sum + x * (right[i] ?? NaN), 0);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
