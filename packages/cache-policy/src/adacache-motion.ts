/** Which of the authors' two rules: the released code's or the paper's. */
export type MotionRule = 'code' | 'paper';

/** Motion where none is measured: it leaves the change as it is. */
export const NO_MOTION = 1;

interface MeasuredMotion {
  /** How much the feature moves between frames; null outside the window, where none counts. */
  readonly score: number | null;
  /** Motion at the full call before. */
  readonly before: number;
  /** Calls since then. */
  readonly gap: number;
}

/** What the change is multiplied by, and what to remember for the next full call. */
export interface MotionFactor {
  readonly factor: number;
  readonly motion: number;
}

/** A score at which motion neither shortens nor lengthens gaps. */
const USUAL_SCORE = 0.385;

/**
 * AdaCache's motion regularisation. The code: m = (score / 0.385)^8 and m + |10 (m - m') / k|. The paper, section 3.2:
 * m = score and m + (m - m') / k, which may be negative. k is the gap, m' the motion before, 1 at the first.
 */
export function motionFactor(rule: MotionRule, measured: MeasuredMotion): MotionFactor {
  const { score, before, gap } = measured;
  if (rule === 'paper') {
    const motion = score ?? NO_MOTION;
    return { motion, factor: motion + (motion - before) / gap };
  }
  const motion = score === null ? NO_MOTION : (score / USUAL_SCORE) ** 8;
  return { motion, factor: motion + Math.abs((10 * (motion - before)) / gap) };
}
