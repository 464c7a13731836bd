import { gramFromFeatures, type TrajectoryGram } from '@forecache/core';
import {
  featureGaps,
  fitFeatureGap,
  joinSiteGrams,
  type FeatureGap,
} from './granularity-gap-fit.js';

function gramOf(...features: readonly (readonly number[])[]): TrajectoryGram {
  return { products: gramFromFeatures(features.map((feature) => Float32Array.from(feature))) };
}

/** Reads calls 2 and 0 for call 3. */
const gap: FeatureGap = {
  sources: [
    { call: 2, position: 2 },
    { call: 0, position: 0 },
  ],
  targets: [{ call: 3, position: 3 }],
};

describe('featureGaps', () => {
  it('reads the newest full calls and ends with the run', () => {
    const positions = [1, 0.8, 0.6, 0.4, 0.2];
    expect(featureGaps([0, 1, 3], positions, 2)).toEqual([
      { sources: [{ call: 0, position: 1 }], targets: [] },
      {
        sources: [
          { call: 1, position: 0.8 },
          { call: 0, position: 1 },
        ],
        targets: [{ call: 2, position: 0.6 }],
      },
      {
        sources: [
          { call: 3, position: 0.4 },
          { call: 1, position: 0.8 },
        ],
        targets: [{ call: 4, position: 0.2 }],
      },
    ]);
  });
});

describe('fitFeatureGap', () => {
  it('finds the weights of a feature that is a sum of the stored ones', () => {
    // 2 F_2 - 3 F_0, far from the line's 1.5 and -0.5.
    const gram = gramOf([1, 0], [0, 1], [2, -3]);
    const [[newest, older] = []] = fitFeatureGap(gram, gap, { ridge: 1e-9 });
    expect(newest).toBeCloseTo(2, 6);
    expect(older).toBeCloseTo(-3, 6);
  });

  it('keeps to the line through the newest two under a large ridge', () => {
    const gram = gramOf([1, 0], [0, 1], [2, -3]);
    const [[newest, older] = []] = fitFeatureGap(gram, gap, { ridge: 1e9 });
    expect(newest).toBeCloseTo(1.5, 6);
    expect(older).toBeCloseTo(-0.5, 6);
  });

  it('scales the only feature there is', () => {
    const first = { sources: [{ call: 0, position: 0 }], targets: [{ call: 1, position: 1 }] };
    expect(fitFeatureGap(gramOf([2], [1]), first, { ridge: 1e-12 })[0]?.[0]).toBeCloseTo(0.5, 9);
  });

  it('has the line where all features are zero, and nothing where full calls follow each other', () => {
    expect(fitFeatureGap(gramOf([0], [0], [0]), gap, { ridge: 1e-4 })).toEqual([[1.5, -0.5]]);
    const none = { sources: gap.sources, targets: [] };
    expect(fitFeatureGap(gramOf([1], [2]), none, { ridge: 1e-4 })).toEqual([]);
  });

  it('refuses inner products of other calls, and no ridge', () => {
    expect(() => fitFeatureGap(gramOf([1], [2]), gap, { ridge: 1e-4 })).toThrow(
      'gram.products.length must be 3, sources and targets of the gap, got 2',
    );
    expect(() => fitFeatureGap(gramOf([1], [2], [3]), gap, { ridge: 0 })).toThrow(
      'ridge must be a finite number > 0, got 0',
    );
  });
});

describe('joinSiteGrams', () => {
  it('lets no site count more for being larger', () => {
    // One site wants 1 of the newest, the other 3; the second is ten times as large.
    const read: FeatureGap = {
      sources: [{ call: 0, position: 0 }],
      targets: [{ call: 1, position: 1 }],
    };
    const one = gramOf([1, 0], [1, 0]);
    const other = gramOf([10, 0], [30, 0]);
    const [[weight = NaN] = []] = fitFeatureGap(joinSiteGrams([one, other]), read, {
      ridge: 1e-12,
    });
    // Mean squared norms 1 and 500: (1 + 300/500) / (1 + 100/500).
    expect(weight).toBeCloseTo(1.6 / 1.2, 6);
  });

  it('counts a site of zeros as nothing', () => {
    const joined = joinSiteGrams([gramOf([0], [0]), gramOf([1], [1])]);
    expect(joined.products).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });
});
