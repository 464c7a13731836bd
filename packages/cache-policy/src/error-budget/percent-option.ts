import {
  numberOption,
  parseNumber,
  type OptionDetails,
  type OptionSpec,
} from '../policy-options.js';

/**
 * A part of a whole in per cent, as people write it: `1%` and `1` are one per cent, `0.5%` half of it. Every `max_error` is
 * one, a preset's and that of `auto`.
 */
export function percentOption(details: OptionDetails<number>): OptionSpec<number> {
  return {
    ...numberOption({ ...details, minimum: 0, maximum: 100 }),
    rule: 'a number of per cent between 0 and 100, with or without the sign: 1% and 1 are the same',
    parse: (text) => parseNumber(text.replace(/ ?%$/, '')),
  };
}
