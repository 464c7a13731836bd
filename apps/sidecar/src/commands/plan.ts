import { createPolicy, type CachePolicy, type Granularity } from '@forecache/cache-policy';
import { invalidArgument } from '@forecache/core';
import type { Command } from 'commander';
import type { Output } from '../command-line/output.js';
import { parseInteger, type RawOptions } from '../command-line/parse-values.js';
import { addPolicyFlags, policyOf } from '../command-line/policy-flags.js';
import { DEFAULT_MODEL, findCostModel } from '../cost/model-tables.js';
import { parseGranularity } from '../generation/compile-job.js';
import { GRANULARITY_HELP } from '../generation/generation-job.js';
import { findPreset } from '../presets/find-preset.js';
import { createPolicyResolver } from '../presets/resolve-policy.js';
import { describeMeasured, printMeasured } from './plan-measured.js';
import { describePlan, printPlan, type PlannedCost } from './plan-static.js';
import { addSizeFlags, sizeOptionsOf, type SizeFlags } from './size-flags.js';

interface PlanFlags extends RawOptions, SizeFlags {
  readonly model: string;
  readonly steps?: string;
  readonly policy?: string;
  readonly granularity?: string;
  readonly json?: true;
}

const HELP = `
flops are those of the whole run of one image or video, guidance included; a multiply and an add are two. tflops adds
up the calls as the model's published counter prints them, so it compares with published tables to 0.01. cacheBytes is
what the run stores, at each granularity where the policy can decide. \`forecache models\` lists the models.

A policy that decides from measurements has no plan before the run. For it, the costs are those of runs in which every
measured change is the same: the cheapest and the dearest of them. What measuring costs is left out.

Examples:
  $ forecache plan --steps 50 --policy taylorseer --interval 5 --order 3 --warmup 2
  $ forecache plan --model flux.1-dev --policy taylorseer --interval 6 --order 1 --warmup 3 --json
  $ forecache plan --model hunyuan-video --frames 129 --policy fora --option cache_interval=4
  $ forecache plan --preset my-preset --full-calls 12 --steps 50 --json > plan.json
  $ forecache plan --policy fewer-steps --option steps=18`;

/** `forecache plan`: what a policy would do and cost, without running anything. */
export function registerPlan(program: Command, output: Output): void {
  const command = program
    .command('plan')
    .summary('print what a policy does in every call')
    .description('Compiles a policy into the plan of a run and prints its calls, cost and memory.')
    .option('--model <name>', 'model whose cost counts; see `forecache models`', DEFAULT_MODEL)
    .option('--steps <steps>', 'sampler steps; default: the model’s')
    .option('--granularity <where>', GRANULARITY_HELP)
    .option('--json', 'print JSON')
    .addHelpText('after', HELP);
  addPolicyFlags(addSizeFlags(command)).action(async (flags: PlanFlags) => {
    const planned = await compilePlan(flags);
    if (planned.policy.asksAt === 'run-start') {
      const plan = describePlan(planned);
      output.print(flags.json ? JSON.stringify(plan) : printPlan(plan, planned.table));
      return;
    }
    const measured = describeMeasured(planned);
    output.print(flags.json ? JSON.stringify(measured) : printMeasured(measured));
  });
}

async function compilePlan(flags: PlanFlags): Promise<PlannedCost> {
  const asked = policyOf(flags);
  const model = await findCostModel(flags.model);
  const table = model.tableOf(sizeOptionsOf(flags));
  const steps = parseInteger('steps', flags.steps ?? String(model.steps), 1);
  const timesteps = model.timestepsOf(steps);
  const positions = timesteps === null ? {} : { timesteps, sigmas: timesteps };
  // A layer table names its modules as a network's shape does.
  const run = { steps, calls: steps, network: table, ...positions };
  if (asked.name === 'preset') return compilePresetPlan(flags, { table, run });
  const policy = createPolicy(asked);
  return { policy, granularity: granularityOf(policy, flags.granularity), table, run, notes: [] };
}

/** A preset's plan has one granularity, that of its weights. */
async function compilePresetPlan(
  flags: PlanFlags,
  { table, run }: Pick<PlannedCost, 'table' | 'run'>,
): Promise<PlannedCost> {
  const resolve = createPolicyResolver((preset) => findPreset(preset, process.env));
  const asked = { policy: policyOf(flags), granularity: parseGranularity(flags.granularity) };
  const known = {
    model: table.model,
    steps: run.steps,
    calls: run.calls,
    timesteps: run.timesteps ?? [],
  };
  const { policy, granularity, warnings } = await resolve(asked, known);
  const scheduled = createPolicy(policy);
  const own = granularityOf(scheduled, granularity ?? undefined);
  return {
    policy: { ...scheduled, granularities: [own] },
    granularity: own,
    table,
    run,
    notes: warnings,
  };
}

/** The granularity that a person asked for, or the policy's own. */
function granularityOf(
  { name, granularities }: CachePolicy,
  asked: string | undefined,
): Granularity {
  const found = granularities.find((granularity) => granularity === asked);
  if (found !== undefined) return found;
  const [own] = granularities;
  if (asked === undefined && own !== undefined) return own;
  const rule = `one of ${granularities.join(', ')}, where ${name} can decide`;
  throw invalidArgument('granularity', rule, asked);
}
