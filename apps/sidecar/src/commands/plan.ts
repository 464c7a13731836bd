import { weightsOf } from '@forecache/adapters';
import { compileRunPlan, createPolicy, type CallPlan, type RunPlan } from '@forecache/cache-policy';
import { invalidArgument } from '@forecache/core';
import { loadManifest, type ModelManifest } from '@forecache/demo-model';
import type { Command } from 'commander';
import type { Output } from '../command-line/output.js';
import { parseChoice, parseInteger, type RawOptions } from '../command-line/parse-values.js';
import { addPolicyFlags, DEFAULT_POLICY, policyOptionsOf } from '../command-line/policy-flags.js';
import { textTable } from '../command-line/text-table.js';
import { modelCost } from '../cost/model-cost.js';
import { GRANULARITIES } from '../generation/generation-job.js';
import { timestepsOf } from '../sampler/euler-sampler.js';

/** Call indices printed in one line. */
const MOST_SHOWN = 50;

interface PlanFlags extends RawOptions {
  readonly model: string;
  readonly steps?: string;
  readonly policy?: string;
  readonly granularity: string;
  readonly json?: true;
}

const HELP = `
flops are those of one sample of the network's batch (an image with guidance is two samples); cacheBytes is the
history of one sample in float32.

Examples:
  $ forecache plan --steps 50 --policy taylorseer --interval 5 --order 3 --warmup 2
  $ forecache plan --policy fora --option cache_interval=4 --json
  $ forecache plan --policy fewer-steps --option steps=18`;

/** `forecache plan`: what a policy would do, without running anything. */
export function registerPlan(program: Command, output: Output): void {
  const command = program
    .command('plan')
    .summary('print what a policy does in every call')
    .description('Compiles a policy into the plan of a run and prints its calls, cost and memory.')
    .option('--model <name>', 'model whose cost counts', 'demo')
    .option('--steps <steps>', 'sampler steps; default: the model’s')
    .option('--granularity <where>', 'where forecasts are made: module, hidden or output', 'module')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP);
  addPolicyFlags(command).action(async (flags: PlanFlags) => {
    const plan = await describePlan(flags);
    output.print(flags.json ? JSON.stringify(plan) : printPlan(plan));
  });
}

interface DescribedPlan {
  readonly model: string;
  readonly steps: number;
  readonly policy: string;
  readonly granularity: string;
  readonly fullCalls: readonly number[];
  readonly forecastCalls: readonly number[];
  readonly flops: number;
  readonly tflops: number;
  readonly speedup: number;
  readonly cacheBytes: number;
  readonly calls: readonly {
    readonly call: number;
    readonly action: CallPlan['action']['kind'];
    readonly weights: readonly number[];
  }[];
  readonly warnings: readonly string[];
}

async function describePlan(flags: PlanFlags): Promise<DescribedPlan> {
  const granularity = parseChoice('granularity', flags.granularity, GRANULARITIES);
  const policy = createPolicy({
    name: flags.policy ?? DEFAULT_POLICY,
    options: policyOptionsOf(flags),
  });
  const manifest = await manifestOf(flags.model);
  const steps = parseInteger('steps', flags.steps ?? String(manifest.sampler.steps), 1);
  const timesteps = timestepsOf(steps);
  const plan = compileRunPlan({
    policy,
    run: { steps, calls: steps, timesteps, sigmas: timesteps },
    granularity,
  });
  const cost = modelCost(manifest, granularity);
  const flops =
    plan.fullCalls.length * cost.fullCallFlops + plan.forecastCalls.length * cost.forecastCallFlops;
  return {
    model: manifest.id,
    steps: plan.steps,
    policy: plan.policy,
    granularity,
    fullCalls: plan.fullCalls,
    forecastCalls: plan.forecastCalls,
    flops,
    tflops: flops / 1e12,
    speedup: (steps * cost.fullCallFlops) / flops,
    cacheBytes: plan.historySize * cost.featureBytes,
    calls: plan.calls.map(describeCall),
    warnings: plan.warnings,
  };
}

async function manifestOf(model: string): Promise<ModelManifest> {
  const manifest = await loadManifest();
  if (model === manifest.id) return manifest;
  throw invalidArgument('model', `"${manifest.id}"`, model);
}

function describeCall({
  callIndex,
  action,
}: RunPlan['calls'][number]): DescribedPlan['calls'][number] {
  return { call: callIndex, action: action.kind, weights: weightsOf(action) };
}

/** Enough of a long list to recognise the schedule; --json has all of it. */
function printIndices(indices: readonly number[]): string {
  const shown = indices.slice(0, MOST_SHOWN).join(', ');
  return indices.length > MOST_SHOWN ? `${shown}, …` : shown;
}

function printPlan(plan: DescribedPlan): string {
  const calls = plan.calls.map(({ call, action, weights }) => [
    String(call),
    action,
    weights.map((weight) => weight.toFixed(4)).join(' '),
  ]);
  const facts = [
    `${plan.policy} on ${plan.model}, ${plan.steps} steps, granularity ${plan.granularity}`,
    `full calls: ${plan.fullCalls.length} of ${plan.calls.length} (${printIndices(plan.fullCalls)})`,
    `cost: ${(plan.flops / 1e9).toFixed(3)} GFLOP a sample, ${plan.speedup.toFixed(2)}x fewer than full compute`,
    `history: ${plan.cacheBytes} bytes a sample`,
    ...plan.warnings.map((warning) => `warning: ${warning}`),
  ];
  return `${facts.join('\n')}\n\n${textTable([['call', 'action', 'weights'], ...calls])}`;
}
