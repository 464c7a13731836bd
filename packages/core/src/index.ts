export { forecastWeights } from './forecast-weights.js';
export type { ForecastOptions, ForecastWeights } from './forecast-weights.js';
export { compileForecastRule, featuresRead, MAX_HISTORY, MAX_ORDER } from './forecast-rule.js';
export type {
  ChebyshevRule,
  CompiledForecastRule,
  FocaRule,
  ForecasterName,
  ForecastRule,
  GrowthRule,
  HermiteRule,
  TaylorRule,
} from './forecast-rule.js';
export { dmdModes, MIN_SNAPSHOTS } from './dmd-modes.js';
export type { DmdFallback, DmdFallbackReason, DmdModes, DmdOptions } from './dmd-modes.js';
export { dmdWeights } from './dmd-weights.js';
export type { DmdResult } from './dmd-weights.js';
export type { Eigenvalue } from './eigenvalues.js';
export { gramFromFeatures } from './gram-from-features.js';
export {
  driftSquared,
  errorCombination,
  fitWeights,
  forecastErrorSquared,
  squaredNorm,
  sumGrams,
} from './trajectory-gram.js';
export { gramFromTriangle, gramTriangle } from './gram-triangle.js';
export { innerProduct } from './inner-product.js';
export { solveSymmetric } from './solve-symmetric.js';
export type { FitOptions, LinearForecast, TrajectoryGram } from './trajectory-gram.js';
export { differenceGram, principalComponents } from './principal-components.js';
export type { PrincipalComponents } from './principal-components.js';
export { assertMonotone } from './call-position.js';
export type { CallPosition } from './call-position.js';
export { createTensorArena, MAX_ARENA_BYTES } from './tensor-arena.js';
export type { TensorArena, TensorArenaOptions } from './tensor-arena.js';
export { createGatedSum } from './gated-sum.js';
export type { GatedSum, GatedSumOptions } from './gated-sum.js';
export { addGatedPlain } from './gated-sum-plain.js';
export type { GatedTerm, Gates, HiddenSizes } from './gated-sum-plain.js';
export type { WeightedSumRequest } from './weighted-sum-request.js';
export type { Slot } from './slot-allocator.js';
export { createFeatureHistory } from './feature-history.js';
export type { FeatureHistory, FeatureHistoryOptions } from './feature-history.js';
export { bytesPerElement } from './dtype.js';
export type { FeatureDtype } from './dtype.js';
export { completeBound, truncationBound } from './error-bounds.js';
export type { ErrorBound, RecordedForecast } from './error-bounds.js';
export { relativeL1 } from './relative-l1.js';
export { ForecastError, invalidArgument } from './forecast-error.js';
export type { ForecastErrorCode } from './forecast-error.js';

// Conversions that sister packages need for tests and for hosts without half-precision arrays.
export {
  bfloat16FromFloat32,
  float16FromFloat32,
  float32FromBfloat16,
  float32FromFloat16,
} from './half-precision.js';
