import { parseNumbers } from './text-option.js';

/**
 * MagCache's magnitude ratios, one a call: how much longer the residual of the whole stack is than at the call before,
 * averaged over tokens. `flux.1-dev-28`: MagCache4FLUX/magcache_flux.py, 28 steps.
 */
export const MAGNITUDE_RATIOS: Readonly<Record<string, readonly number[]>> = Object.freeze({
  'flux.1-dev-28': Object.freeze([
    1.0, 1.21094, 1.11719, 1.07812, 1.0625, 1.03906, 1.03125, 1.03906, 1.02344, 1.03125, 1.02344,
    0.98047, 1.01562, 1.00781, 1.0, 1.00781, 1.0, 1.00781, 1.0, 1.0, 0.99609, 0.99609, 0.98047,
    0.98828, 0.96484, 0.95703, 0.93359, 0.89062,
  ]),
  // The embedded model's, 50 steps: `forecache fit magcache --count 64`.
  demo: Object.freeze([
    1, 1.0342, 0.97531, 1.0309, 1.0118, 0.98706, 1.001, 0.97993, 0.99823, 0.98865, 1.0082, 0.98191,
    0.98495, 0.99609, 0.99328, 0.98411, 0.99442, 0.98021, 0.98889, 0.99179, 0.9883, 0.98824,
    0.98414, 0.98645, 0.98746, 0.98869, 0.98924, 0.99366, 0.98448, 0.98954, 0.99323, 0.98834,
    0.99553, 0.98487, 0.99393, 0.99665, 0.99009, 0.99301, 0.99465, 0.99118, 0.99135, 0.99352,
    0.99098, 0.99629, 0.99469, 0.98929, 0.99092, 0.99596, 0.99583, 1.0188,
  ]),
});

/** Ratios by name, or a list of numbers > 0; undefined where the text is neither. */
export function magnitudeRatios(text: string): readonly number[] | undefined {
  if (Object.hasOwn(MAGNITUDE_RATIOS, text)) return MAGNITUDE_RATIOS[text];
  const ratios = parseNumbers(text);
  return ratios?.every((ratio) => ratio > 0) ? ratios : undefined;
}

/** Which entry of a table of `length` belongs to a call of a run of `calls`: the nearest, ties to the even one. */
export function nearestEntry(callIndex: number, calls: number, length: number): number {
  if (calls === 1) return length - 1;
  return roundHalfEven((callIndex * (length - 1)) / (calls - 1));
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
