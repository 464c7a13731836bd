import { stepAt, type SamplerTimes } from './sampler-times.js';

/** λ = log((1 - t) / t), half the logarithm of the signal-to-noise ratio: -Infinity at noise, Infinity at the image. */
export function lambdaOf(t: number): number {
  return Math.log((1 - t) / t);
}

/**
 * One step of DPM-Solver++(2M) in a rectified flow, m = x - t v the image that a call predicts:
 * x' = ratio · x + (1 - ratio) (m_0 + tilt (m_0 - m_1)). -α' expm1(-h) of the paper is 1 - ratio here, because α + σ = 1.
 */
export interface DataStep {
  /** t' / t, the paper's σ' / σ. */
  readonly ratio: number;
  /** h / (2 h_0), half the step in λ over the one before. 0 where there is none: the first step, and after one from t = 1. */
  readonly tilt: number;
  /** The step in λ; Infinity from t = 1 and to t = 0. */
  readonly h: number;
}

/** The step by its index; the first and the last are of first order. */
export function dataStep(times: SamplerTimes, step: number): DataStep {
  const [t, next] = stepAt(times, step);
  const h = lambdaOf(next) - lambdaOf(t);
  const isOfFirstOrder = step === 0 || next === 0;
  const tilt = isOfFirstOrder ? 0 : h / (2 * lambdaStepBefore(times, step));
  return { ratio: next / t, tilt, h };
}

/** h_0, the step in λ that led to the call: Infinity from t = 1. */
export function lambdaStepBefore(times: SamplerTimes, step: number): number {
  const [before, t] = stepAt(times, step - 1);
  return lambdaOf(t) - lambdaOf(before);
}
