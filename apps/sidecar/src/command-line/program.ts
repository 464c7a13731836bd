import { Command } from 'commander';
import { registerCalibrate } from '../commands/calibrate.js';
import { registerCompare } from '../commands/compare.js';
import { registerFit } from '../commands/fit.js';
import { registerGenerate } from '../commands/generate.js';
import { registerModelHost } from '../commands/model-host.js';
import { registerModels } from '../commands/models.js';
import { registerOptimize } from '../commands/optimize.js';
import { registerPaperTables } from '../commands/paper-tables.js';
import { registerPlan } from '../commands/plan.js';
import { registerPolicies } from '../commands/policies.js';
import { registerPresets } from '../commands/presets.js';
import { registerQuickstart } from '../commands/quickstart.js';
import { registerServe } from '../commands/serve.js';
import { registerWeights } from '../commands/weights.js';
import type { Output } from './output.js';

const HELP = `
Exit codes: 0 success, 1 failure, 2 wrong usage, 130 stopped by Ctrl-C.
Start here: forecache quickstart`;

/** The `forecache` command line. Nothing runs until it is given arguments. */
export function createProgram(output: Output, version: string): Command {
  const program = new Command('forecache')
    .description(
      'Makes diffusion transformers run fewer full passes by forecasting skipped features.',
    )
    .version(version)
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => output.print(text.trimEnd()),
      writeErr: (text) => output.note(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/\n\(/g, ' (')),
    })
    .addHelpText('after', HELP);
  registerQuickstart(program, output);
  registerCompare(program, output);
  registerGenerate(program, output);
  registerPlan(program, output);
  registerPolicies(program, output);
  registerPresets(program, output);
  registerModels(program, output);
  registerPaperTables(program, output);
  registerCalibrate(program, output);
  registerOptimize(program, output);
  registerFit(program, output);
  registerWeights(program, output);
  registerServe(program);
  registerModelHost(program);
  return program;
}
