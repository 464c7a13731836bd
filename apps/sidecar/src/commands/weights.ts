import {
  forecastWeights,
  invalidArgument,
  type CallPosition,
  type ForecasterName,
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

interface WeightsFlags {
  readonly forecaster: string;
  readonly full: string;
  readonly at: string;
  readonly order: string;
  readonly warmup: string;
  readonly growth: string;
  readonly json?: true;
}

const FORECASTERS: readonly ForecasterName[] = ['official', 'newton'];
const GROWTH_RULES = ['official', 'eager'] as const;

const HELP = `
Positions may be any increasing numbers. When all of them are integers >= 0 they are also the call indices that
the official growth rule looks at; otherwise the calls are numbered from 0.

Examples:
  $ forecache weights --full 0,1,2,5,8 --at 9 --order 2 --warmup 3
  $ forecache weights --forecaster newton --full 0.1,0.25,0.7 --at 0.8 --order 2 --json`;

/** `forecache weights`: the numbers of one forecast. */
export function registerWeights(program: Command, output: Output): void {
  program
    .command('weights')
    .summary('print the weights of one forecast')
    .description('Prints the weights with which stored features are summed to forecast a call.')
    .option(
      '--forecaster <name>',
      "official (the authors' recursion) or newton (exact)",
      'official',
    )
    .requiredOption('--full <positions>', 'positions of the full calls, oldest first')
    .requiredOption('--at <position>', 'position to forecast')
    .option('--order <order>', 'highest difference to use', '1')
    .option('--warmup <calls>', 'leading full calls; newton ignores it', '1')
    .option('--growth <rule>', 'official or eager: when a difference may be formed', 'official')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action((flags: WeightsFlags) => output.print(describeWeights(flags)));
}

function describeWeights(flags: WeightsFlags): string {
  const { weights, positions } = forecastWeights({
    forecaster: parseChoice('forecaster', flags.forecaster, FORECASTERS),
    history: historyOf(parseNumbers('full', flags.full)),
    at: parseNumber('at', flags.at),
    order: parseInteger('order', flags.order, 0),
    warmup: parseInteger('warmup', flags.warmup, 1),
    growth: parseChoice('growth', flags.growth, GROWTH_RULES),
  });
  if (flags.json) return JSON.stringify({ weights, positions });
  const rows = weights.map((weight, i) => [String(positions[i]), weight.toPrecision(12)]);
  return textTable([['position', 'weight'], ...rows]);
}

function historyOf(positions: readonly number[]): CallPosition[] {
  const isIncreasing = positions.every((value, i) => i === 0 || value > (positions[i - 1] ?? NaN));
  if (!isIncreasing) throw invalidArgument('full', 'strictly increasing', positions);
  const areCalls = positions.every((value) => Number.isInteger(value) && value >= 0);
  return positions.map((position, i) => ({ call: areCalls ? position : i, position }));
}
