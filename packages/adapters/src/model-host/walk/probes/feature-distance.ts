import { relativeL1 } from '@forecache/core';

/** mean |x|, added in float64; 0 of nothing. */
export function meanAbsolute(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i] as number);
  return values.length === 0 ? 0 : sum / values.length;
}

/** mean |a - b| of arrays of one length, added in float64; 0 of nothing. */
export function meanAbsoluteDifference(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] as number) - (b[i] as number));
  return a.length === 0 ? 0 : sum / a.length;
}

/** mean |a - b| / mean |b|; NaN where b is all zeros and no ratio exists. */
export function relativeChange(a: Float32Array, b: Float32Array): number {
  return b.some((value) => value !== 0) ? relativeL1(a, b) : NaN;
}

/** A feature of whole frames: [batch, frames, tokensPerFrame, width]. */
export interface FrameSizes {
  /** Elements of one sample: frames * tokensPerFrame * width. */
  readonly sampleLength: number;
  /** Elements of one frame: tokensPerFrame * width. */
  readonly frameLength: number;
}

/**
 * How much a feature moves from frame to frame, AdaCache's motion score (arXiv 2411.02397, code of the authors, stride
 * 1): sum |C[f+1] - C[f]| / (sum |C[f+1]| + sum |C[f]|) over all samples and frames. NaN where both are all zeros.
 */
export function featureMotion(feature: Float32Array, sizes: FrameSizes): number {
  const { sampleLength, frameLength } = sizes;
  let difference = 0;
  let magnitude = 0;
  for (let start = 0; start < feature.length; start += sampleLength) {
    for (let i = start + frameLength; i < start + sampleLength; i++) {
      const later = feature[i] as number;
      const earlier = feature[i - frameLength] as number;
      difference += Math.abs(later - earlier);
      magnitude += Math.abs(later) + Math.abs(earlier);
    }
  }
  return difference / magnitude;
}
