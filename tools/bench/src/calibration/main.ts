import { Command } from 'commander';
import { ablationCommand } from './ablation-command.js';
import { frontCommand } from './front-command.js';
import { granularityCommand } from './granularity-command.js';
import { transferCommand } from './transfer-command.js';

const program = new Command('calibration')
  .description(
    'What calibration is worth on the demo model: every subcommand writes one page of docs/results',
  )
  .addCommand(frontCommand())
  .addCommand(ablationCommand())
  .addCommand(granularityCommand())
  .addCommand(transferCommand());
await program.parseAsync();
