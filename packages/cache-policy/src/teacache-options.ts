import { invalidArgument } from '@forecache/core';
import type { CallContext } from './cache-policy.js';
import { choiceOption, compileOptions, numberOption, type OptionTable } from './policy-options.js';
import { suggestedThreshold, type TeaCacheCoefficientSet } from './teacache-coefficient-set.js';
import { TEACACHE_SETS, teaCacheSet } from './teacache-coefficients.js';
import { autoOption, parseNumbers, textOption, type Auto } from './text-option.js';

/** Options of `teacache`. */
export interface TeaCacheOptions {
  /** l, >= 0: skips while the accumulated change stays below. Default: what the set suggests. 0 is off. */
  readonly threshold?: Auto<number>;
  /** A published set by name, or five numbers "a4,a3,a2,a1,a0", highest power first. Default `flux.1-dev`. */
  readonly coefficients?: string;
  /** What is measured. Default: what the set was fitted on; `modulated-input` for numbers. */
  readonly probe?: Auto<TeaCacheCoefficientSet['probe']>;
  /** What becomes of negative values of the polynomial: `keep` (the authors', default), `absolute` or `zero`. */
  readonly negative?: 'keep' | 'absolute' | 'zero';
}

/** Their table. */
export const TEACACHE_OPTIONS: OptionTable<Required<TeaCacheOptions>> = Object.freeze({
  threshold: autoOption(
    numberOption({
      minimum: 0,
      aliases: ['rel_l1_thresh', 'teacache_thresh', 'residual_diff_threshold', 'reuse_threshold'],
      summary: 'Skips while the accumulated change stays below it; higher is faster, 0 is off.',
    }),
    'what the coefficients suggest',
  ),
  coefficients: textOption({
    rule: `five numbers a4,a3,a2,a1,a0 or one of ${TEACACHE_SETS.join(', ')}`,
    matches: (text) => coefficientSet(text) !== undefined,
    defaultValue: 'flux.1-dev',
    lookalikes: { model_type: 'its names differ; coefficients = flux.1-dev is flux' },
    summary: 'The polynomial from the measured change to that of the output, highest power first.',
  }),
  probe: autoOption(
    choiceOption<TeaCacheCoefficientSet['probe']>({
      choices: ['modulated-input', 'conditioning'],
      summary: 'What is measured before a call: block 0’s modulated input or the conditioning.',
    }),
    'what the coefficients were fitted on',
  ),
  negative: choiceOption({
    choices: ['keep', 'absolute', 'zero'],
    defaultValue: 'keep',
    summary: 'What negative values of the polynomial become; the authors keep them.',
  }),
});

/** What the policy runs on. */
export interface CompiledTeaCache {
  /** As printed. */
  readonly options: Required<TeaCacheOptions>;
  readonly set: TeaCacheCoefficientSet;
  readonly threshold: number;
  readonly probe: 'modulated-input-change' | 'conditioning-change';
  /** p(d) of a call; NaN where d was not measured. */
  readonly change: (context: CallContext) => number;
  /** p as it counts. */
  readonly polynomial: (change: number) => number;
}

/** Finds the set and lets it fill in what is left to it. */
export function compileTeaCache(given: TeaCacheOptions): CompiledTeaCache {
  const options = compileOptions(TEACACHE_OPTIONS, given);
  const set = coefficientSet(options.coefficients);
  if (set === undefined) {
    throw invalidArgument('coefficients', TEACACHE_OPTIONS.coefficients.rule, options.coefficients);
  }
  const threshold = options.threshold === 'auto' ? suggestedThreshold(set) : options.threshold;
  if (threshold === undefined) {
    throw invalidArgument('threshold', 'given, as the coefficients suggest none', 'auto');
  }
  const probeName = `${options.probe === 'auto' ? set.probe : options.probe}-change` as const;
  const sign = SIGNS[options.negative];
  const polynomial = (change: number) =>
    sign(set.coefficients.reduce((sum, coefficient) => sum * change + coefficient, 0));
  return {
    options: { ...options, threshold },
    set,
    threshold,
    probe: probeName,
    change: ({ scalars }) => polynomial(scalars[probeName] ?? NaN),
    polynomial,
  };
}

const SIGNS: Readonly<Record<Required<TeaCacheOptions>['negative'], (value: number) => number>> =
  Object.freeze({
    keep: (value) => value,
    absolute: Math.abs,
    zero: (value) => Math.max(0, value),
  });

/** A set by name, or one of five numbers with the rule that most models have: first and last call full. */
function coefficientSet(text: string): TeaCacheCoefficientSet | undefined {
  const known = teaCacheSet(text);
  if (known !== undefined) return known;
  const coefficients = parseNumbers(text);
  if (coefficients?.length !== 5) return undefined;
  const ends = { first: { calls: 1 }, last: { calls: 1 } };
  return { coefficients, probe: 'modulated-input', ...ends, thresholds: [], source: 'the caller' };
}
