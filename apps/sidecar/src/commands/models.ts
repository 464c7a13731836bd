import { invalidArgument } from '@forecache/core';
import {
  fullCallFlops,
  type LayerTable,
  type ModelSize,
  type SizeOptions,
} from '@forecache/model-catalog';
import type { Command } from 'commander';
import type { Output } from '../command-line/output.js';
import { textTable } from '../command-line/text-table.js';
import { granularityCosts } from '../cost/granularity-costs.js';
import { findCostModel, listCostModels, type CostModel } from '../cost/model-tables.js';
import { printBytes, printFlops } from '../cost/print-quantity.js';
import { addSizeFlags, sizeOptionsOf, type SizeFlags } from './size-flags.js';

interface ModelFlags extends SizeFlags {
  readonly json?: true;
}

const HELP = `
FLOPs are those of one call of one branch of one image or video, guidance included where it is batched. Bytes are
those of one stored feature set: a forecast of order m reads m + 1 of them.

Examples:
  $ forecache models
  $ forecache models flux.1-dev --height 1024 --width 1024
  $ forecache models hunyuan-video --frames 129 --json`;

/** `forecache models`: the networks whose costs are known, and what one of them computes. */
export function registerModels(program: Command, output: Output): void {
  const command = program
    .command('models')
    .summary('list the models whose costs are known, or describe one')
    .description(
      'Lists the models that plan takes, or says what a call of one computes and stores.',
    )
    .argument('[model]', 'model to describe; default: list all')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP);
  addSizeFlags(command).action(async (model: string | undefined, flags: ModelFlags) => {
    const { text, content } = await answer(model, flags);
    output.print(flags.json ? JSON.stringify(content) : text);
  });
}

interface Answer {
  readonly content: object;
  readonly text: string;
}

async function answer(model: string | undefined, flags: ModelFlags): Promise<Answer> {
  const size = sizeOptionsOf(flags);
  if (model === undefined) {
    if (Object.keys(size).length > 0) throw invalidArgument('model', 'given with a size', model);
    const models = (await listCostModels()).map(summarise);
    return { content: { models }, text: printList(models) };
  }
  const content = describeModel(await findCostModel(model), size);
  return { content, text: printModel(content) };
}

type ModelLine = Pick<CostModel, 'name' | 'title' | 'steps'> & { readonly size: ModelSize };

function summarise({ name, title, steps, defaultSize }: CostModel): ModelLine {
  return { name, title, size: defaultSize, steps };
}

function printList(models: readonly ModelLine[]): string {
  const lines = models.map(({ name, title, size, steps }) => [
    name,
    title,
    printSize(size),
    String(steps),
  ]);
  return textTable([['model', 'title', 'default size', 'steps'], ...lines], [0, 1, 2]);
}

type DescribedModel = ReturnType<typeof describeModel>;

function describeModel(model: CostModel, size: SizeOptions) {
  const table = model.tableOf(size);
  return {
    model: model.name,
    title: model.title,
    size: table.size,
    steps: model.steps,
    blocks: table.blocks,
    sites: table.sites.length,
    sitesByKind: countBy(table, ({ kind }) => kind),
    tokens: tokensOf(table),
    batch: table.batch,
    branches: table.branches,
    fullCallFlops: fullCallFlops(table),
    granularities: granularityCosts(table),
    convention: table.convention,
  };
}

function countBy(
  { sites }: LayerTable,
  keyOf: (site: LayerTable['sites'][number]) => string,
): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const site of sites) counts.set(keyOf(site), (counts.get(keyOf(site)) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** Tokens of one sample by stream. */
function tokensOf({ sites }: LayerTable): Readonly<Record<string, number>> {
  return Object.fromEntries(sites.map(({ stream, tokens }) => [stream, tokens]));
}

function printModel(described: DescribedModel): string {
  const { fullCallFlops: full, batch, branches } = described;
  const branched = branches > 1 ? ` in each of ${branches} branches a step` : '';
  const facts = [
    `${described.title} (${described.model}), ${printSize(described.size)}, ${described.steps} steps`,
    `blocks: ${described.blocks}; sites: ${described.sites} (${printCounts(described.sitesByKind)})`,
    `tokens of a sample: ${printCounts(described.tokens)}; samples a call: ${batch}${branched}`,
    `full call: ${printFlops(full)}`,
    `counting: ${described.convention}`,
  ];
  const lines = described.granularities.map((cost) => [
    cost.granularity,
    printFlops(cost.forecastCallFlops),
    `${((100 * cost.forecastCallFlops) / full).toFixed(3)} %`,
    printBytes(cost.branchBytes),
    printBytes(cost.bytes),
  ]);
  const header = ['forecast at', 'call', 'of a full one', 'stored, a branch', 'stored, all'];
  return `${facts.join('\n')}\n\n${textTable([header, ...lines])}`;
}

/** `4096 image, 512 text`. */
function printCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

/** `480×640, 65 frames, 256 text tokens`. */
function printSize({ height, width, frames, textTokens }: ModelSize): string {
  const parts = [`${height}×${width}`];
  if (frames > 1) parts.push(`${frames} frames`);
  if (textTokens > 0) parts.push(`${textTokens} text tokens`);
  return parts.join(', ');
}
