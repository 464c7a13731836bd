import { ForecastError, invalidArgument } from '@forecache/core';
import type { Preset, PresetVariant } from './preset.js';

/** What a run wants of a preset: at most one of these. */
export interface VariantWish {
  /** Exactly so many full calls. */
  readonly fullCalls?: number;
  /** The fewest full calls with a relative error of at most so many per cent. */
  readonly maxError?: number;
  /** The fewest full calls with a PSNR of at least so many dB. */
  readonly targetPsnr?: number;
}

/** PSNR in dB that nobody sees a difference at: what is wanted where nothing is said. */
export const DEFAULT_TARGET_PSNR = 40;

/** Share of the calls that is full where nothing is said and no PSNR was measured. */
const DEFAULT_SHARE = 0.25;

/**
 * The variant that a run wants. Without a wish: the fewest full calls with 40 dB or, where no variant has, those with the
 * highest PSNR; where none was measured, about a quarter of the calls. What a preset does not have is an error that lists
 * what it has.
 */
export function chooseVariant(preset: Preset, wish: VariantWish = {}): PresetVariant {
  assertOneWish(wish);
  const { fullCalls, maxError, targetPsnr } = wish;
  if (fullCalls !== undefined) return withFullCalls(preset, fullCalls);
  if (maxError !== undefined) return withinError(preset, maxError);
  if (targetPsnr !== undefined) return withPsnr(preset, targetPsnr);
  return byItself(preset);
}

function withFullCalls({ variants }: Preset, wanted: number): PresetVariant {
  const found = variants.find(({ fullCalls }) => fullCalls.length === wanted);
  if (found !== undefined) return found;
  const counts = variants.map(({ fullCalls }) => fullCalls.length);
  throw invalidArgument('full_calls', `one of ${counts.join(', ')}`, wanted);
}

function withinError({ name, variants }: Preset, percent: number): PresetVariant {
  const errors = variants.map(({ relativeError }) =>
    relativeError === null ? null : 100 * relativeError,
  );
  const found = errors.findIndex((error) => error !== null && error <= percent);
  const variant = variants[found];
  if (variant !== undefined) return variant;
  const known = knownOf(variants, errors, '%');
  const rule = `an error in per cent that preset ${name} has by full calls (${known})`;
  throw invalidArgument('max_error', rule, percent);
}

function withPsnr({ name, variants }: Preset, wanted: number): PresetVariant {
  const ratios = variants.map(({ psnr }) => psnr);
  const found = ratios.findIndex((psnr) => psnr !== null && psnr >= wanted);
  const variant = variants[found];
  if (variant !== undefined) return variant;
  const known = knownOf(variants, ratios, 'dB');
  const rule = `a PSNR in dB that preset ${name} has by full calls (${known})`;
  throw invalidArgument('target_psnr', rule, wanted);
}

/** `5: 3.1 %, 9: 0.8 %`. */
function knownOf(
  variants: readonly PresetVariant[],
  values: readonly (number | null)[],
  unit: string,
): string {
  const known = variants.flatMap(({ fullCalls }, i) => {
    const value = values[i] ?? null;
    return value === null ? [] : [`${fullCalls.length}: ${Number(value.toPrecision(3))} ${unit}`];
  });
  return known.length === 0 ? 'none measured' : known.join(', ');
}

function byItself({ variants, identity }: Preset): PresetVariant {
  const measured = variants.filter(({ psnr }) => psnr !== null);
  const good = measured.find(({ psnr }) => (psnr ?? NaN) >= DEFAULT_TARGET_PSNR);
  if (good !== undefined) return good;
  const distance = ({ fullCalls }: PresetVariant) =>
    Math.abs(fullCalls.length - DEFAULT_SHARE * identity.calls);
  // Of two that are as good, the later one: it computes more.
  return measured.length > 0
    ? measured.reduce((a, b) => ((b.psnr ?? NaN) >= (a.psnr ?? NaN) ? b : a))
    : variants.reduce((a, b) => (distance(b) <= distance(a) ? b : a));
}

function assertOneWish(wish: VariantWish): void {
  const names = { fullCalls: 'full_calls', maxError: 'max_error', targetPsnr: 'target_psnr' };
  const given = (['fullCalls', 'maxError', 'targetPsnr'] as const).filter(
    (key) => wish[key] !== undefined,
  );
  if (given.length < 2) return;
  const all = given.map((key) => names[key]).join(' and ');
  const message = `${all} both choose the variant: give one of them`;
  throw new ForecastError('invalid-argument', message);
}
