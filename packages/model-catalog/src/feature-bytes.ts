import type { LayerTable } from './layer-table.js';

/**
 * What is stored of a full call.
 * - `module`: the output of every site (the paper).
 * - `block`: one residual a block, over the tokens the block works on.
 * - `residual`: one for the whole stack, image stream (TeaCache).
 * - `hidden`: the last block's output, image stream.
 * - `output`, `change`: the network's result, or its change.
 */
export type FeatureGranularity = 'module' | 'block' | 'residual' | 'hidden' | 'output' | 'change';

/**
 * Bytes of one stored true feature set, of all branches. A history of m + 1 (order m) holds m + 1 of them.
 * The working memory of forming differences is not in it.
 */
export function featureBytes(table: LayerTable, granularity: FeatureGranularity): number {
  return table.branches * branchFeatureBytes(table, granularity);
}

/** Bytes of one stored true feature set of one branch, the whole batch. */
export function branchFeatureBytes(table: LayerTable, granularity: FeatureGranularity): number {
  return table.batch * sampleFeatureBytes(table, granularity);
}

function sampleFeatureBytes(table: LayerTable, granularity: FeatureGranularity): number {
  const { sites, hidden, output } = table;
  switch (granularity) {
    case 'module':
      return sum(sites.map((site) => site.tokens * site.width * site.bytesPerNumber));
    case 'block':
      return sum([...streamsOfBlocks(table).values()]);
    case 'residual':
    case 'hidden':
      return hidden.tokens * hidden.width * hidden.bytesPerNumber;
    case 'output':
    case 'change':
      return output.numbersPerSample * output.bytesPerNumber;
  }
}

/** Bytes of each stream of each block once, however many sites write to it, in the residual's precision. */
function streamsOfBlocks({ sites, hidden }: LayerTable): Map<string, number> {
  return new Map(
    sites.map((site) => [
      `${site.block}.${site.stream}`,
      site.tokens * site.width * hidden.bytesPerNumber,
    ]),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
