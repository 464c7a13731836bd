import type { TeaCacheCoefficientSet } from './teacache-coefficient-set.js';

/** The set of the embedded demo model, fitted from its own runs: `forecache fit teacache --count 64`. */
export const TEACACHE_DEMO_COEFFICIENTS: TeaCacheCoefficientSet = Object.freeze({
  coefficients: Object.freeze([44261.8916, -11469.7652, 1020.94187, -35.3247726, 0.426194905]),
  probe: 'modulated-input',
  first: { calls: 1 },
  last: { calls: 1 },
  thresholds: Object.freeze([0.1, 0.2, 0.4]),
  source: 'forecache fit teacache --count 64 --seed 100000; 50 steps, guidance 2, R² 0.65',
});
