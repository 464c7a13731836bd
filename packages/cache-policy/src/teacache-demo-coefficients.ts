import type { TeaCacheCoefficientSet } from './teacache-coefficient-set.js';

/** The set of the embedded demo model, fitted from its own runs. Null until it is fitted. */
export const TEACACHE_DEMO_COEFFICIENTS: TeaCacheCoefficientSet | null = null;
