import { MAX_ORDER } from '@forecache/core';
import type { PositionName } from './cache-policy.js';
import { choiceOption, integerOption, type OptionSpec } from './policy-options.js';

/** The order of a forecast, as TaylorSeer and those who build on it name it. */
export function orderOption(defaultValue: number, summary: string): OptionSpec<number> {
  return integerOption({
    minimum: 0,
    maximum: MAX_ORDER,
    defaultValue,
    aliases: ['max_order', 'taylorseer_order', 'n_derivatives'],
    summary,
  });
}

/** The coordinate that forecasts are made in. */
export const POSITION_OPTION: OptionSpec<PositionName> = Object.freeze(
  choiceOption<PositionName>({
    choices: ['call', 'timestep', 'sigma'],
    defaultValue: 'call',
    summary: 'The coordinate of a call that forecasts are made in.',
  }),
);
