import * as fc from 'fast-check';
import { frechetDistance } from './frechet-distance.js';
import { gaussianStatistics } from './gaussian-statistics.js';

const unit = [
  [1, 0],
  [0, 1],
];

describe('frechetDistance', () => {
  it('of shifted Gaussians is the squared shift', () => {
    // 3² + 4² = 25
    expect(
      frechetDistance({ mean: [0, 0], covariance: unit }, { mean: [3, 4], covariance: unit }),
    ).toBeCloseTo(25, 9);
  });

  it('in one dimension is (Δμ)² + (σ1 - σ2)²', () => {
    // σ = 2 and 5, μ = 1 and 2: 1 + 9
    expect(
      frechetDistance({ mean: [1], covariance: [[4]] }, { mean: [2], covariance: [[25]] }),
    ).toBeCloseTo(10, 9);
  });

  it('of Gaussians without spread is the squared shift', () => {
    const zero = [
      [0, 0],
      [0, 0],
    ];
    expect(
      frechetDistance({ mean: [1, 0], covariance: zero }, { mean: [0, 0], covariance: zero }),
    ).toBe(1);
  });

  it('agrees with scipy 1.17 (linalg.sqrtm) to 12 digits', () => {
    const a = {
      mean: [1, 0, -1],
      covariance: [
        [2, 0.5, 0],
        [0.5, 1, 0.2],
        [0, 0.2, 0.7],
      ],
    };
    const b = {
      mean: [0, 0.5, 0.5],
      covariance: [
        [1, -0.3, 0.1],
        [-0.3, 2, 0],
        [0.1, 0, 0.5],
      ],
    };
    expect(frechetDistance(a, b)).toBeCloseTo(4.12956590473119, 12);
  });

  it('takes rank-deficient covariances', () => {
    // A = diag(4, 0), B = diag(0, 9) share no direction: 4 + 9
    const a = {
      mean: [0, 0],
      covariance: [
        [4, 0],
        [0, 0],
      ],
    };
    const b = {
      mean: [0, 0],
      covariance: [
        [0, 0],
        [0, 9],
      ],
    };
    expect(frechetDistance(a, b)).toBeCloseTo(13, 9);
  });

  it('takes covariances whose entries are dozens of orders of magnitude apart', () => {
    const p = [
      [0, 0, 0],
      [0, 0, 1.9751692615701673e-12],
      [5e-324, -2, 0],
      [0, 0, 0],
    ];
    const a = gaussianStatistics(p.map((features) => Float64Array.from(features)));
    const b = gaussianStatistics(p.map(() => new Float64Array(3)));
    // Mean (0, -1/2, …) and variance 1 of the one feature that varies: 1/4 + 1.
    expect(frechetDistance(a, b)).toBeCloseTo(1.25, 9);
    expect(frechetDistance(a, a)).toBeCloseTo(0, 9);
  });

  it('is symmetric, not negative, and 0 from a Gaussian to itself', () => {
    const sample = fc.array(
      fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 }),
      { minLength: 4, maxLength: 8 },
    );
    fc.assert(
      fc.property(sample, sample, (p, q) => {
        const a = gaussianStatistics(p);
        const b = gaussianStatistics(q);
        expect(frechetDistance(a, b)).toBeGreaterThanOrEqual(0);
        expect(frechetDistance(a, b)).toBeCloseTo(frechetDistance(b, a), 5);
        expect(frechetDistance(a, a)).toBeCloseTo(0, 5);
      }),
    );
  });

  it('rejects wrong sizes and numbers that are not finite', () => {
    const a = { mean: [0, 0], covariance: unit };
    expect(() => frechetDistance(a, { mean: [0], covariance: [[1]] })).toThrow(
      'b.mean.length must be a.mean.length = 2, got 1',
    );
    expect(() => frechetDistance({ mean: [0, 0], covariance: [[1, 0]] }, a)).toThrow(
      'a.covariance.length must be 2, got 1',
    );
    expect(() => frechetDistance({ mean: [0, 0], covariance: [[1, 0], [0]] }, a)).toThrow(
      'a.covariance[1].length must be 2, got 1',
    );
    expect(() => frechetDistance({ mean: [0, NaN], covariance: unit }, a)).toThrow(
      'a must be finite numbers, got NaN',
    );
    expect(() => frechetDistance({ mean: [], covariance: [] }, a)).toThrow(
      'a.mean.length must be >= 1, got 0',
    );
  });
});

describe('gaussianStatistics', () => {
  it('gives mean and covariance with divisor count - 1', () => {
    // deviations (-1, -2) and (1, 2): sums [[2, 4], [4, 8]] over 1
    const { mean, covariance, count } = gaussianStatistics([
      [1, 2],
      [3, 6],
    ]);
    expect({ mean, covariance, count }).toEqual({
      mean: [2, 4],
      covariance: [
        [2, 4],
        [4, 8],
      ],
      count: 2,
    });
  });

  it('rejects too few, uneven and non-finite features', () => {
    expect(() => gaussianStatistics([[1]])).toThrow('features.length must be >= 2, got 1');
    expect(() => gaussianStatistics([[], []])).toThrow('features[0].length must be >= 1, got 0');
    expect(() => gaussianStatistics([[1, 2], [1]])).toThrow('features[1].length must be 2, got 1');
    expect(() => gaussianStatistics([[1], [Infinity]])).toThrow(
      'features[1][0] must be a finite number, got Infinity',
    );
  });
});
