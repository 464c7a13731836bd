import { invalidArgument } from '@forecache/core';
import type { Command } from 'commander';
import type { Output } from '../command-line/output.js';
import { PAPER_TABLES } from '../paper-tables/paper-tables.js';
import type { PaperTable } from '../paper-tables/paper-table.js';
import {
  paperTablesMarkdown,
  printPaperTables,
  summarise,
} from '../paper-tables/print-paper-tables.js';
import { reproduceTable } from '../paper-tables/reproduce-table.js';

interface PaperTablesFlags {
  readonly table?: string;
  readonly json?: true;
  readonly markdown?: true;
}

const HELP = `
Every row is counted from the plan that a policy compiles, on the layer table of the model; nothing is run. Where a
printed number does not follow, the row says why, and which other calls would give it where some do.

Examples:
  $ forecache paper-tables
  $ forecache paper-tables --table 3 --json
  $ forecache paper-tables --markdown > docs/results/paper-tables.md`;

/** `forecache paper-tables`: the paper's cost columns beside ours. */
export function registerPaperTables(program: Command, output: Output): void {
  program
    .command('paper-tables')
    .summary('compare the costs that the paper prints with ours, row by row')
    .description(
      'Counts every row of Tables 1 to 5 of the TaylorSeer paper and prints it beside the printed cost.',
    )
    .option('--table <number>', 'one table, 1 to 5; default: all')
    .option('--json', 'print JSON')
    .option('--markdown', 'print the page docs/results/paper-tables.md')
    .addHelpText('after', HELP)
    .action((flags: PaperTablesFlags) => output.print(describeTables(flags)));
}

function describeTables(flags: PaperTablesFlags): string {
  if (flags.json && flags.markdown) {
    throw invalidArgument('format', '--json or --markdown, not both', '--json --markdown');
  }
  const tables = tablesOf(flags.table).map(reproduceTable);
  if (flags.json) return JSON.stringify({ tables, summary: summarise(tables) });
  return flags.markdown ? paperTablesMarkdown(tables) : printPaperTables(tables);
}

function tablesOf(asked: string | undefined): readonly PaperTable[] {
  if (asked === undefined) return PAPER_TABLES;
  const found = PAPER_TABLES.filter(({ number }) => String(number) === asked);
  if (found.length > 0) return found;
  throw invalidArgument('table', `an integer between 1 and ${PAPER_TABLES.length}`, asked);
}
