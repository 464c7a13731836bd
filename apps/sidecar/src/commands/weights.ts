import {
  forecastWeights,
  invalidArgument,
  MAX_HISTORY,
  type CallPosition,
  type ForecasterName,
  type ForecastRule,
} from '@forecache/core';
import type { Command } from 'commander';
import type { Output } from '../command-line/output.js';
import {
  parseChoice,
  parseInteger,
  parseNumber,
  parseNumbers,
} from '../command-line/parse-values.js';
import { textTable } from '../command-line/text-table.js';

/** Flags of a rule as text, where they were given. */
type RuleFlags = { readonly [Flag in RuleFlag]?: string };
type RuleFlag = 'order' | 'warmup' | 'growth' | 'scale' | 'variant' | 'ridge' | 'window';

interface WeightsFlags extends RuleFlags {
  readonly forecaster: string;
  readonly full: string;
  readonly at: string;
  readonly json?: true;
}

/** Every forecaster with the flags it takes; newton takes those of official and needs no more than the order. */
const FLAGS_OF: Readonly<Record<ForecasterName, readonly RuleFlag[]>> = Object.freeze({
  official: ['order', 'warmup', 'growth'],
  newton: ['order', 'warmup', 'growth'],
  hermite: ['order', 'warmup', 'growth', 'scale'],
  foca: ['order', 'variant'],
  chebyshev: ['order', 'ridge', 'window'],
});
const FORECASTERS = ['official', 'newton', 'hermite', 'foca', 'chebyshev'] as const;
const RULE_FLAGS: readonly RuleFlag[] = [...new Set(Object.values(FLAGS_OF).flat())];
/** What a flag is when it is left out; the order is 2 for foca. */
const DEFAULTS = Object.freeze({
  order: '1',
  warmup: '1',
  growth: 'official',
  scale: '0.5',
  variant: 'literal',
  ridge: '0.1',
  window: String(MAX_HISTORY),
});
const FOCA_ORDER = 2;
const GROWTH_RULES = ['official', 'eager'] as const;
const VARIANTS = ['literal', 'anchored'] as const;

const HELP = `
Forecasters:
  official   TaylorSeer, the authors' recursion: every difference is divided by the last gap
  newton     TaylorSeer by exact divided differences: the polynomial through the features
  hermite    HiCache: the official ladder under Hermite polynomials, damped by --scale
  foca       FoCa: a BDF2 predictor and a Heun corrector, call by call; --order is what it remembers
  chebyshev  Spectrum: a ridge regression of degree --order on the newest --window features, over their own span (in
             a run, over the run's); a --ridge shrinks the constant too, so weights then sum to less than 1
A flag that a forecaster does not take is refused.

Positions may be any increasing numbers. When all of them are integers >= 0 they are also the call indices that
the official growth rule looks at; otherwise the calls are numbered from 0. foca needs call indices.

Examples:
  $ forecache weights --full 0,1,2,5,8 --at 9 --order 2 --warmup 3
  $ forecache weights --forecaster newton --full 0.1,0.25,0.7 --at 0.8 --order 2 --json
  $ forecache weights --forecaster hermite --full 0,1,2,5,8 --at 9 --warmup 3 --scale 0.6
  $ forecache weights --forecaster foca --full 0,1,2,5,8 --at 9 --variant anchored
  $ forecache weights --forecaster chebyshev --full 0,1,2,5,8 --at 9 --order 2 --ridge 0.1 --window 5`;

/** `forecache weights`: the numbers of one forecast. */
export function registerWeights(program: Command, output: Output): void {
  program
    .command('weights')
    .summary('print the weights of one forecast')
    .description('Prints the weights with which stored features are summed to forecast a call.')
    .option('--forecaster <name>', FORECASTERS.join(', '), 'official')
    .requiredOption('--full <positions>', 'positions of the full calls, oldest first')
    .requiredOption('--at <position>', 'position to forecast')
    .option(
      '--order <order>',
      `highest difference or degree to use (default: ${DEFAULTS.order}, foca ${FOCA_ORDER})`,
    )
    .option('--warmup <calls>', about('leading full calls; newton ignores it', 'warmup'))
    .option(
      '--growth <rule>',
      about('official or eager: when a difference may be formed', 'growth'),
    )
    .option(
      '--scale <sigma>',
      about('hermite: sigma, > 0; the slope is multiplied by 2 sigma squared', 'scale'),
    )
    .option(
      '--variant <name>',
      about('foca: literal or anchored, where the corrector starts', 'variant'),
    )
    .option(
      '--ridge <lambda>',
      about('chebyshev: penalty, >= 0; 0 is plain least squares', 'ridge'),
    )
    .option(
      '--window <features>',
      about('chebyshev: newest features to fit, above the order', 'window'),
    )
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action((flags: WeightsFlags) => output.print(describeWeights(flags)));
}

function about(summary: string, flag: RuleFlag): string {
  return `${summary} (default: ${DEFAULTS[flag]})`;
}

function describeWeights(flags: WeightsFlags): string {
  const forecaster = parseChoice('forecaster', flags.forecaster, FORECASTERS);
  assertTaken(forecaster, flags);
  const { weights, positions } = forecastWeights({
    ...ruleOf(forecaster, flags),
    history: historyOf(parseNumbers('full', flags.full)),
    at: parseNumber('at', flags.at),
  });
  if (flags.json) return JSON.stringify({ weights, positions });
  const rows = weights.map((weight, i) => [String(positions[i]), weight.toPrecision(12)]);
  return textTable([['position', 'weight'], ...rows]);
}

/** Throws when a flag was given that means nothing to the forecaster. */
function assertTaken(forecaster: ForecasterName, flags: RuleFlags): void {
  for (const name of RULE_FLAGS) {
    const text = flags[name];
    if (text === undefined || FLAGS_OF[forecaster].includes(name)) continue;
    const takers = FORECASTERS.filter((other) => FLAGS_OF[other].includes(name)).join(' or ');
    throw invalidArgument(name, `left out for ${forecaster}: it is for ${takers}`, text);
  }
}

/** The rule that the flags describe; the core checks what its numbers may be. */
function ruleOf(forecaster: ForecasterName, flags: RuleFlags): ForecastRule {
  const text = (flag: RuleFlag) => flags[flag] ?? DEFAULTS[flag];
  const order = parseInteger('order', text('order'), 0);
  const ladder = () => ({
    order,
    warmup: parseInteger('warmup', text('warmup'), 1),
    growth: parseChoice('growth', text('growth'), GROWTH_RULES),
  });
  switch (forecaster) {
    case 'official':
    case 'newton':
      return { forecaster, ...ladder() };
    case 'hermite':
      return { forecaster, ...ladder(), scale: parseNumber('scale', text('scale')) };
    case 'foca': {
      const variant = parseChoice('variant', text('variant'), VARIANTS);
      return { forecaster, order: flags.order === undefined ? FOCA_ORDER : order, variant };
    }
    case 'chebyshev': {
      const ridge = parseNumber('ridge', text('ridge'));
      return { forecaster, order, ridge, window: parseInteger('window', text('window'), 1) };
    }
  }
}

function historyOf(positions: readonly number[]): CallPosition[] {
  const isIncreasing = positions.every((value, i) => i === 0 || value > (positions[i - 1] ?? NaN));
  if (!isIncreasing) throw invalidArgument('full', 'strictly increasing', positions);
  const areCalls = positions.every((value) => Number.isInteger(value) && value >= 0);
  return positions.map((position, i) => ({ call: areCalls ? position : i, position }));
}
