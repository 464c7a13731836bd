import { invalidArgument } from '@forecache/core';
import { compositionBeside } from '../compose-policy.js';
import { percentOption } from '../error-budget/percent-option.js';
import type { Granularity } from '../network-shape.js';
import { describeOptions, type PolicyDescription } from '../policy-definition.js';
import {
  mergeTables,
  numberOption,
  parseOptions,
  integerOption,
  type OptionTable,
} from '../policy-options.js';
import type { PolicySpec } from '../policy-registry.js';
import { autoOption, textOption, type Auto } from '../text-option.js';
import { chooseVariant, type VariantWish } from './choose-variant.js';
import { matchPreset, type RunIdentity } from './match-preset.js';
import type { Preset } from './preset.js';
import { printFullCalls, printWeights } from './schedule-text.js';
import { stretchVariant } from './stretch-variant.js';

/** Options of `preset`, as hosts give them. */
interface PresetPolicyOptions {
  readonly preset: string;
  readonly full_calls: Auto<number>;
  readonly max_error: Auto<number>;
  readonly target_psnr: Auto<number>;
}

const NAME = 'preset';

const LEFT = 'what the other options ask for; without any, 40 dB or a quarter of the calls';

const NO_MORE_FULL_CALLS =
  'weights belong to the full calls of the preset, so there can be no others';

const OPTIONS: OptionTable<PresetPolicyOptions> = Object.freeze({
  preset: textOption({
    rule: 'the name of a preset',
    matches: (text) => text.trim() === text && text.length > 0,
    lookalikes: {
      warmup: NO_MORE_FULL_CALLS,
      tail: NO_MORE_FULL_CALLS,
      max_consecutive_forecasts: NO_MORE_FULL_CALLS,
      step_mask: NO_MORE_FULL_CALLS,
    },
    summary: 'The preset; `forecache presets` lists them.',
  }),
  full_calls: autoOption(
    integerOption({
      minimum: 1,
      summary: 'Calls that are full, one of the numbers that the preset has.',
    }),
    LEFT,
  ),
  max_error: autoOption(
    percentOption({
      summary:
        'Most error of the final sample on runs that were left out of the fit; the fewest full calls with it.',
    }),
    LEFT,
  ),
  target_psnr: autoOption(
    numberOption({
      above: 0,
      summary: 'Least PSNR in dB against full compute; the fewest full calls with it.',
    }),
    LEFT,
  ),
});

/** With what any policy takes, as far as it leaves the calls as they are. */
const TABLE = mergeTables(OPTIONS, compositionBeside(OPTIONS));

/**
 * The policy `preset` for people and programs. Whoever has the presets makes it: options are read by `parsePresetRequest`,
 * and `schedulePreset` makes a `scheduled` policy of the preset.
 */
export const PRESET_POLICY: PolicyDescription = Object.freeze({
  name: NAME,
  summary: 'A measured schedule with fitted weights, by name.',
  options: describeOptions(TABLE),
});

/** What the options of policy `preset` ask for. */
export interface PresetRequest {
  /** Its name, or whatever else whoever has the presets takes. */
  readonly preset: string;
  readonly wish: VariantWish;
  /** Options for the `scheduled` policy as it is: `shared_branch`. */
  readonly others: Readonly<Record<string, string>>;
}

/** Reads the options of policy `preset` from text. Strict, as all policies are. */
export function parsePresetRequest(texts: Readonly<Record<string, string>>): PresetRequest {
  const parsed = parseOptions(NAME, TABLE, texts);
  const { preset, full_calls, max_error, target_psnr, shared_branch } = parsed;
  if (preset === undefined) throw invalidArgument('preset', OPTIONS.preset.rule, undefined);
  const wish = {
    ...(typeof full_calls === 'number' && { fullCalls: full_calls }),
    ...(typeof max_error === 'number' && { maxError: max_error }),
    ...(typeof target_psnr === 'number' && { targetPsnr: target_psnr }),
  };
  return { preset, wish, others: shared_branch === undefined ? {} : { shared_branch } };
}

/** A preset as a policy that every host knows, for one run. */
export interface ScheduledPreset {
  readonly policy: Required<PolicySpec>;
  /** The only one that its weights are for. */
  readonly granularity: Granularity;
  /** How the run differs from those that were measured; none when it does not. */
  readonly warnings: readonly string[];
}

/** The run of a preset: calls must be known. */
export type PresetRun = RunIdentity & { readonly calls: number };

/** Chooses the variant, stretches it to the run and compares the run with what was measured. */
export function schedulePreset(
  preset: Preset,
  { wish, others }: Pick<PresetRequest, 'wish' | 'others'>,
  run: PresetRun,
): ScheduledPreset {
  const { name, identity, granularity } = preset;
  const stretch = { fromCalls: identity.calls, toCalls: run.calls };
  const { fullCalls, weights } = stretchVariant(chooseVariant(preset, wish), stretch);
  const options = {
    schedule: printFullCalls(fullCalls),
    ...(weights.length > 0 && { weights: printWeights(weights) }),
    preset: name,
    ...others,
  };
  const policy = { name: 'scheduled', options };
  return { policy, granularity, warnings: matchPreset(preset, run) };
}
