import { invalidArgument } from '@forecache/core';
import type { CachePolicy, CallContext, RunDescription } from './cache-policy.js';
import { MAGNITUDE_RATIOS, magnitudeRatios, nearestEntry } from './magcache-ratios.js';
import type { PolicyDefinition } from './policy-definition.js';
import {
  choiceOption,
  compileOptions,
  integerOption,
  numberOption,
  printPolicy,
  type OptionTable,
} from './policy-options.js';
import { anyGranularity, createStatelessPolicy, FULL, REUSE } from './stateless-policy.js';
import { autoOption, textOption, type Auto } from './text-option.js';

/** Options of `magcache`. */
export interface MagCacheOptions {
  /** Whose settings for FLUX the others default to: `official` (default), the authors', or `diffusers`. */
  readonly variant?: 'official' | 'diffusers';
  /** A table by name, or numbers "1,1.21,...", one a call of the run they were measured in. Default `flux.1-dev-28`. */
  readonly ratios?: string;
  /** Largest accumulated error, >= 0. Default 0.24, diffusers 0.06. 0 is off. */
  readonly threshold?: Auto<number>;
  /** K: most skips in a row, >= 0. Default 5, diffusers 3. 0 is off. */
  readonly skips?: Auto<number>;
  /** Leading share of the run that is always full, 0 .. 1. Default 0.1, diffusers 0.2. */
  readonly retention?: Auto<number>;
}

interface MagCacheSettings {
  readonly threshold: number;
  readonly skips: number;
  readonly retention: number;
  /** Call of 28 that is always full, and those of other runs that lie nearest to it; -1: none. */
  readonly neverSkipped: number;
}

const NAME = 'magcache';

/** Sources: MagCache4FLUX/magcache_flux.py and diffusers' hooks/mag_cache.py. */
const VARIANTS: Readonly<Record<Required<MagCacheOptions>['variant'], MagCacheSettings>> =
  Object.freeze({
    official: { threshold: 0.24, skips: 5, retention: 0.1, neverSkipped: 11 },
    diffusers: { threshold: 0.06, skips: 3, retention: 0.2, neverSkipped: -1 },
  });

const OPTIONS: OptionTable<Required<MagCacheOptions>> = Object.freeze({
  variant: choiceOption({
    choices: ['official', 'diffusers'],
    defaultValue: 'official',
    summary: 'Whose settings for FLUX; official also never skips call 11 of 28.',
  }),
  ratios: textOption({
    rule: `a list of numbers > 0 or one of ${Object.keys(MAGNITUDE_RATIOS).join(', ')}`,
    matches: (text) => magnitudeRatios(text) !== undefined,
    defaultValue: 'flux.1-dev-28',
    aliases: ['mag_ratios'],
    summary: 'Growth of the stack’s residual from call to call, stretched to the run’s calls.',
  }),
  threshold: autoOption(
    numberOption({
      minimum: 0,
      aliases: ['magcache_thresh'],
      summary: 'Largest accumulated error of reusing; higher is faster, 0 is off.',
    }),
    'the variant’s',
  ),
  skips: autoOption(
    integerOption({
      minimum: 0,
      aliases: ['max_skip_steps', 'magcache_K', 'K'],
      summary: 'Most calls skipped in a row; 0 is off.',
    }),
    'the variant’s',
  ),
  retention: autoOption(
    numberOption({
      minimum: 0,
      maximum: 1,
      aliases: ['retention_ratio'],
      summary: 'Leading share of the run that is always full.',
    }),
    'the variant’s',
  ),
});

/**
 * Reuses while the residual's known growth says that the error stays small. Source: MagCache, arXiv 2506.09045: since the
 * last full call multiply the ratios, add up |1 - product|, and skip while the sum is at most the threshold and there are
 * at most K skips. The ratios are measured once a model, so the plan is known before the run.
 */
export function createMagCachePolicy(options: MagCacheOptions = {}): CachePolicy {
  const compiled = compileOptions(OPTIONS, options);
  const settings = settingsOf(compiled);
  const ratios = magnitudeRatios(compiled.ratios);
  if (ratios === undefined) throw invalidArgument('ratios', OPTIONS.ratios.rule, compiled.ratios);
  const shown = ['variant', 'threshold', 'skips', 'retention'] as const;
  const { threshold, skips, retention } = settings;
  return createStatelessPolicy({
    name: NAME,
    label: printPolicy(
      { name: NAME, table: OPTIONS },
      { ...compiled, threshold, skips, retention },
      shown,
    ),
    historySize: 1,
    granularities: anyGranularity('residual'),
    explainFull: (run) => explainFull(run, settings),
    decide: (context) => (canSkip(context, settings, ratios) ? REUSE : FULL),
  });
}

export const MAGCACHE_DEFINITION: PolicyDefinition<Required<MagCacheOptions>> = Object.freeze({
  name: NAME,
  summary: 'Reuses while the known growth of the residual says that the error stays small.',
  table: OPTIONS,
  create: createMagCachePolicy,
});

function settingsOf(options: Required<MagCacheOptions>): MagCacheSettings {
  const own = VARIANTS[options.variant];
  const { threshold, skips, retention } = options;
  return {
    threshold: threshold === 'auto' ? own.threshold : threshold,
    skips: skips === 'auto' ? own.skips : skips,
    retention: retention === 'auto' ? own.retention : retention,
    neverSkipped: own.neverSkipped,
  };
}

/** From the context alone: sums start anew after each full call, and not before the retained ones end. */
function canSkip(
  { callIndex, fullCalls, run }: CallContext,
  settings: MagCacheSettings,
  ratios: readonly number[],
): boolean {
  const lastFull = fullCalls.at(-1);
  const firstSummed = Math.max((lastFull ?? 0) + 1, retainedCalls(run, settings));
  const skipped = callIndex - firstSummed + 1;
  if (lastFull === undefined || settings.threshold === 0) return false;
  if (skipped < 1 || skipped > settings.skips) return false;
  if (nearestEntry(callIndex, run.calls, 28) === settings.neverSkipped) return false;
  let product = 1;
  let error = 0;
  for (let call = firstSummed; call <= callIndex; call++) {
    product *= ratios[nearestEntry(call, run.calls, ratios.length)] ?? NaN;
    error += Math.abs(1 - product);
  }
  return error <= settings.threshold;
}

function retainedCalls({ calls }: RunDescription, { retention }: MagCacheSettings): number {
  return Math.floor(retention * calls + 0.5);
}

function explainFull(run: RunDescription, settings: MagCacheSettings): string | null {
  if (settings.threshold === 0) return 'threshold is 0';
  if (settings.skips === 0) return 'skips is 0';
  if (retainedCalls(run, settings) < run.calls) return null;
  return `retention ${settings.retention} covers the whole run (calls: ${run.calls})`;
}
