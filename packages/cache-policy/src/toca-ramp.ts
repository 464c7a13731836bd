/** A straight line over a span: 1 + weight at 0, 1 - weight at the span's end. Rounds as the authors' Python does. */
export function ramp(weight: number, at: number, span: number): number {
  return 1 + weight - (2 * weight * at) / span;
}
