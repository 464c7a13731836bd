import type { Eigenvalue } from './eigenvalues.js';

/**
 * Prony's equations on how weights differ from (1, 0, ...): their sum is 0, and they move every mode as it moves itself,
 * the sum over j of change_j lambda^-j = lambda^kappa - 1. Of a complex pair both parts are asked, of a negative mode the
 * real one. Each equation is taken times the power of |lambda| that keeps its row's largest factor at 1.
 */

/** Left sides, which do not depend on the distance: one row an equation, one factor a snapshot, newest first. */
export function pronyRows(modes: readonly Eigenvalue[], snapshots: number): number[][] {
  const places = Array.from({ length: snapshots }, (_, j) => j);
  const rows = modes
    .flatMap((mode) => partsOf(mode, snapshots))
    .map((power) => places.map((j) => power(-j)));
  return [places.map(() => 1), ...rows];
}

/** Right sides, kappa = `steps` spacings after the newest snapshot. */
export function pronyValues(
  modes: readonly Eigenvalue[],
  snapshots: number,
  steps: number,
): number[] {
  const values = modes
    .flatMap((mode) => partsOf(mode, snapshots))
    .map((power) => power(steps) - power(0));
  return [0, ...values];
}

/** |lambda| */
export function radiusOf({ re, im }: Eigenvalue): number {
  return Math.hypot(re, im);
}

/** The real and, where there is one, the imaginary part of lambda^exponent, lifted; of a pair, the first stands for both. */
function partsOf(mode: Eigenvalue, snapshots: number): ((exponent: number) => number)[] {
  if (mode.im < 0) return [];
  const radius = radiusOf(mode);
  const angle = Math.atan2(mode.im, mode.re);
  const lift = radius < 1 ? snapshots - 1 : 0;
  const parts = mode.im > 0 ? [Math.cos, Math.sin] : [Math.cos];
  return parts.map((part) => (exponent) => radius ** (exponent + lift) * part(exponent * angle));
}
