import { gramFromFeatures } from '@forecache/core';
import { errorGrowth } from './error-growth.js';
import type { SamplerResponse } from './sampler-response.js';
import { createWalkFitter, deviationSquared } from './walk-fit.js';

/** Outputs of a full run of six calls, three numbers each. */
const full = Array.from({ length: 6 }, (_, call) => [
  Math.cos(call / 2),
  Math.sin(call / 2),
  0.1 * call ** 2,
]);
/** Outputs of a walk that computes calls 0, 2 and 4: a little off the full run. */
const fullCalls = [0, 2, 4];
const own = fullCalls.map((call) =>
  (full[call] ?? []).map((value, i) => value + 0.01 * (i + call)),
);
const gram = { products: gramFromFeatures([...full, ...own].map((v) => Float32Array.from(v))) };

/** Uneven Euler steps. */
const steps = [-0.3, -0.1, -0.2, -0.15, -0.05, -0.2];
const euler: SamplerResponse = {
  rows: Array.from({ length: 7 }, (_, s) => steps.map((h, i) => (i < s ? h : 0))),
};
const positions = [0, 1, 2, 3, 4, 5];
const schedule = { response: euler, fullCalls, positions };

/** Where Euler goes when call i gives the sampler `outputs[i]`. */
function moved(outputs: readonly (readonly number[])[], s: number): number[] {
  return [0, 1, 2].map((i) =>
    outputs.slice(0, s).reduce((sum, v, call) => sum + (steps[call] ?? NaN) * (v[i] ?? NaN), 0),
  );
}

function combined(
  weights: readonly number[],
  newestFirst: readonly (readonly number[])[],
): number[] {
  return [0, 1, 2].map((i) =>
    weights.reduce((sum, weight, j) => sum + weight * (newestFirst[j]?.[i] ?? 0), 0),
  );
}

describe('createWalkFitter', () => {
  it('puts the sample where the full run was, as far as the features reach', () => {
    const fitter = createWalkFitter(schedule, { history: 3, ridge: 1e-12 });
    const gaps = fullCalls.map((_, gap) => fitter.fitGap(gap, gram));
    // Three features span all three numbers, so the last gap ends exactly right.
    const outputs = [
      own[0],
      combined(gaps[0]?.[0] ?? [], [own[0] ?? []]),
      own[1],
      combined(gaps[1]?.[0] ?? [], [own[1] ?? [], own[0] ?? []]),
      own[2],
      combined(gaps[2]?.[0] ?? [], [own[2] ?? [], own[1] ?? [], own[0] ?? []]),
    ].map((v) => v ?? []);
    moved(outputs, 6).forEach((value, i) => expect(value).toBeCloseTo(moved(full, 6)[i] ?? NaN, 4));
  });

  it('knows how far the sample is off, at every call', () => {
    const fitter = createWalkFitter(schedule, { history: 2, ridge: 1e-3 });
    const gaps = fullCalls.map((_, gap) => fitter.fitGap(gap, gram));
    const outputs = [
      own[0],
      combined(gaps[0]?.[0] ?? [], [own[0] ?? []]),
      own[1],
      combined(gaps[1]?.[0] ?? [], [own[1] ?? [], own[0] ?? []]),
      own[2],
      combined(gaps[2]?.[0] ?? [], [own[2] ?? [], own[1] ?? []]),
    ].map((v) => v ?? []);
    for (const s of [1, 2, 4, 6]) {
      const off = moved(outputs, s).map((value, i) => value - (moved(full, s)[i] ?? NaN));
      const squared = off.reduce((sum, value) => sum + value * value, 0);
      expect(deviationSquared(fitter, gram, s)).toBeCloseTo(squared, 6);
    }
  });

  it('keeps to the line through two features under a large ridge', () => {
    const fitter = createWalkFitter(schedule, { history: 3, ridge: 1e9 });
    fitter.fitGap(0, gram);
    // From calls 2 and 0 to call 3: 1.5 F_2 - 0.5 F_0.
    const [[newest, older] = []] = fitter.fitGap(1, gram);
    expect(newest).toBeCloseTo(1.5, 6);
    expect(older).toBeCloseTo(-0.5, 6);
  });

  it('takes a Gram matrix that ends where the walk does', () => {
    const whole = createWalkFitter(schedule, { history: 2, ridge: 1e-4 });
    const part = createWalkFitter(schedule, { history: 2, ridge: 1e-4 });
    const begun = { products: gram.products.slice(0, 7).map((row) => row.slice(0, 7)) };
    expect(part.fitGap(0, begun)).toEqual(whole.fitGap(0, gram));
  });

  it('has no weights where full calls follow each other', () => {
    const dense = { ...schedule, fullCalls: [0, 1, 2] };
    expect(createWalkFitter(dense, { history: 2, ridge: 1e-4 }).fitGap(0, gram)).toEqual([]);
  });

  it('forecasts by zero where all features are', () => {
    const none = { products: gram.products.map((row) => row.map(() => 0)) };
    const fitter = createWalkFitter(schedule, { history: 1, ridge: 1e-4 });
    expect(fitter.fitGap(0, none)).toEqual([[1]]);
  });
});

describe('errorGrowth', () => {
  it('is 1 at the end, and everywhere for a walk that is nowhere off', () => {
    const same = {
      products: gramFromFeatures(
        [...full, ...fullCalls.map((c) => full[c] ?? [])].map((v) => Float32Array.from(v)),
      ),
    };
    const fitter = createWalkFitter(schedule, { history: 1, ridge: 1e-4 });
    fullCalls.forEach((_, gap) => fitter.setGap(gap, [[1]]));
    const growth = errorGrowth(schedule, fitter, same);
    expect(growth).toHaveLength(7);
    expect(growth[6]).toBe(1);
  });

  it('finds the rate of a network that answers errors in proportion', () => {
    // The network gives v* + 2 (x - x*): every Euler step multiplies an error by 1 + 2 h.
    const weights = [[[0.5]], [[0.5]], [[0.5]]];
    const outputs: number[][] = [];
    const computed: number[][] = [];
    for (let call = 0; call < 6; call++) {
      const off = moved(outputs, call).map((value, i) => value - (moved(full, call)[i] ?? NaN));
      const isFull = fullCalls.includes(call);
      if (isFull) computed.push((full[call] ?? []).map((value, i) => value + 2 * (off[i] ?? NaN)));
      outputs.push(isFull ? (computed.at(-1) ?? []) : combined([0.5], [computed.at(-1) ?? []]));
    }
    const walk = {
      products: gramFromFeatures([...full, ...computed].map((v) => Float32Array.from(v))),
    };
    const fitter = createWalkFitter(schedule, { history: 1, ridge: 1e-4 });
    weights.forEach((gap, i) => fitter.setGap(i, gap));
    const growth = errorGrowth(schedule, fitter, walk);
    steps.forEach((h, call) => {
      expect(growth[call]).toBeCloseTo((growth[call + 1] ?? NaN) * (1 + 2 * h), 5);
    });
  });
});
