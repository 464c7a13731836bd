import { dataStep, lambdaStepBefore } from './data-prediction.js';
import type { SamplerTimes } from './sampler-times.js';
import type { Solver, SolverRun } from './solver.js';
import { weightedSum } from './weighted-sum.js';

/**
 * UniPC of order 2 with B_2(h): predicts as DPM-Solver++(2M) does, and corrects each predicted sample once the call made
 * there is known, without a call of its own. First and last step of first order, as in Diffusers.
 * Source: Zhao et al., arXiv 2302.04867, algorithms 5 and 6 (data prediction), with α = 1 - t and σ = t.
 */
export function createUniPcSolver(times: SamplerTimes): Solver {
  return {
    name: 'unipc',
    steps: times.length - 1,
    timesteps: times.slice(0, -1),
    start: ({ size }) => startUniPc(times, size),
  };
}

function startUniPc(times: SamplerTimes, size: number): SolverRun {
  /** The corrected sample before the newest call, then the images predicted by the newest calls. */
  const corrected = new Float64Array(size);
  let now = new Float64Array(size);
  let newest = new Float64Array(size);
  let before = new Float64Array(size);
  return {
    step(callIndex, v, x) {
      weightedSum(now, [1, -(times[callIndex] ?? NaN)], [x, v]);
      if (callIndex === 0) corrected.set(x);
      else
        weightedSum(corrected, correction(times, callIndex - 1), [corrected, newest, before, now]);
      [now, newest, before] = [before, now, newest];
      const { ratio, tilt } = dataStep(times, callIndex);
      const weights = [ratio, (1 - ratio) * (1 + tilt), -(1 - ratio) * tilt];
      weightedSum(x, weights, [corrected, newest, before]);
    },
  };
}

/** What a step's end is made of, once it is known: of its beginning and of m_0, m_1 and the m found at the end. */
function correction(times: SamplerTimes, step: number): readonly number[] {
  const { ratio, h } = dataStep(times, step);
  const weight = 1 - ratio;
  const { rho, slope } = step === 0 ? { rho: 0.5, slope: 0 } : secondOrder(times, step, h);
  return [ratio, weight * (1 - slope - rho), weight * slope, weight * rho];
}

/**
 * The corrector's ρ_1 / r_1 and ρ_2: the paper's R ρ = b for two points, r_1 = -h_0 / h and 1, with the limits of a first
 * step from t = 1, where h_0 is infinite and m_1 plays no part.
 */
function secondOrder(
  times: SamplerTimes,
  step: number,
  h: number,
): { readonly rho: number; readonly slope: number } {
  const r = -lambdaStepBefore(times, step) / h;
  const phi1 = Math.expm1(-h);
  const phi2 = phi1 / -h - 1;
  const b1 = phi2 / phi1;
  const b2 = (2 * (phi2 / -h - 0.5)) / phi1;
  const rho1 = (b2 - b1) / (r - 1);
  return { rho: b1 - rho1, slope: rho1 / r };
}
