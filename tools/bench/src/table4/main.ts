import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createOutput, withInterruption } from '@forecache/sidecar';
import { Command } from 'commander';
import { recordTable4, type Table4Options } from './record-table4.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

interface Flags {
  readonly count: string;
  readonly batch: string;
  readonly lineup: string;
  readonly out: string;
  readonly reference?: string;
  readonly timing?: true;
  readonly rounds: string;
  readonly timingCount: string;
  readonly resume?: readonly string[];
  readonly render?: true;
}

const program = new Command('table4')
  .description(
    'The paper’s Table 4 on the demo model: measures rows that table4.json lacks and writes table4.md, .svg and .png',
  )
  .option('--count <images>', 'images a row', '2000')
  .option('--batch <images>', 'images in one run', '32')
  .option('--lineup <file>', 'the rows', join(ROOT, 'tools/bench/line-ups/table4.json'))
  .option('--out <directory>', 'where the results go', join(ROOT, 'docs/results'))
  .option('--reference <file>', 'keep full compute’s samples here between runs')
  .option('--timing', 'also time rows that have no times: on a quiet machine')
  .option('--rounds <rounds>', 'times every row is timed, in turn with the others', '3')
  .option('--timing-count <images>', 'images of one timed round', '32')
  .option(
    '--resume <file>',
    'rows of other runs to take over; may be repeated',
    (file: string, earlier: readonly string[] = []) => [...earlier, file],
  )
  .option('--render', 'measure nothing: write the page from the rows there are')
  .action(async (flags: Flags) => {
    const output = createOutput(process);
    await withInterruption((signal) => recordTable4(optionsOf(flags), { output, signal }));
  });
await program.parseAsync();

function optionsOf(flags: Flags): Table4Options {
  const { out, lineup, count, batch, rounds, timingCount, reference, resume = [] } = flags;
  const json = join(out, 'table4.json');
  return {
    out,
    isMeasured: flags.render !== true,
    flags: {
      lineup,
      count,
      batch,
      rounds,
      timingCount,
      timing: flags.timing === true,
      mode: 'plan',
      seed: '1',
      class: 'cycle',
      resume: [...(existsSync(json) ? [json] : []), ...resume],
      ...(reference !== undefined && { reference }),
    },
  };
}
