import {
  parseNumber,
  withDefaults,
  type OptionDetails,
  type OptionSpec,
} from './policy-options.js';

interface TextDetails extends OptionDetails<string> {
  /** `a branch name`. */
  readonly rule: string;
  /** Whether a text is one. The default is one in any case. */
  readonly matches: (text: string) => boolean;
}

/** A text with a form of its own: a list of numbers, the name of a table, a mask. */
export function textOption(details: TextDetails): OptionSpec<string> {
  const { defaultValue, rule, matches } = details;
  return {
    ...withDefaults(details),
    rule,
    parse: (text) => (text === defaultValue || matches(text) ? text : undefined),
    accepts: (value) => typeof value === 'string' && (value === defaultValue || matches(value)),
  };
}

/** A value, or `auto`: what the rest of the options suggest. */
export type Auto<T> = T | 'auto';

/** The option with one more value, its default: `auto`, for `meaning`. */
export function autoOption<T>(spec: OptionSpec<T>, meaning: string): OptionSpec<Auto<T>> {
  return {
    ...spec,
    defaultValue: 'auto',
    rule: `${spec.rule}, or auto for ${meaning}`,
    parse: (text) => (text === 'auto' ? text : spec.parse(text)),
    accepts: (value) => value === 'auto' || spec.accepts(value),
  };
}

/** The numbers of a list like `1,0.5, 2e-3`; undefined when any part is not a finite number. */
export function parseNumbers(text: string): readonly number[] | undefined {
  const numbers = text.split(/, ?/).map((part) => parseNumber(part) ?? NaN);
  return numbers.every(Number.isFinite) ? Object.freeze(numbers) : undefined;
}
