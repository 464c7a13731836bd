import { ForecastError } from '@forecache/core';

import type { ModelDescription, SiteDescription } from '../model-host.js';
import { siteOf } from '../site-description.js';

/** Rows of shifts, scales and gates that one block takes from the modulation of a call. */
export const ROWS_PER_BLOCK = 6;

/** Where the rows of a block are, counted from the block's first row. */
export const ROW = Object.freeze({
  attention: Object.freeze({ shift: 0, scale: 1, gate: 2 }),
  mlp: Object.freeze({ shift: 3, scale: 4, gate: 5 }),
});

/** One gated addition: hidden += gate * branch. */
export interface BranchSite {
  readonly name: string;
  readonly block: number;
  readonly kind: 'attention' | 'mlp';
}

/** The sizes of an adaLN-zero transformer and its branches in walk order. */
export interface TransformerLayout {
  readonly depth: number;
  readonly tokens: number;
  readonly width: number;
  /** Modulation rows of a sample: depth * 6, then the head's shift and scale. */
  readonly rows: number;
  readonly branches: readonly BranchSite[];
}

/** Reads the layout off a description; throws when the model is not an adaLN-zero transformer. */
export function transformerLayout(description: ModelDescription): TransformerLayout {
  const branches = description.sites.flatMap(branchSite);
  const depth = branches.length / 2;
  const [tokens = 0, width = 0] = siteOf(description, 'hidden').output.shape;
  const rows = depth * ROWS_PER_BLOCK + 2;
  const modulation = siteOf(description, 'modulation').output.shape;
  if (modulation[0] !== rows || modulation[1] !== width || !isWalkOrder(branches)) {
    throw new ForecastError(
      'unimplemented',
      `model ${description.model} is not an adaLN-zero transformer of ${depth} blocks`,
    );
  }
  return { depth, tokens, width, rows, branches };
}

function branchSite({ name, kind, block }: SiteDescription): readonly BranchSite[] {
  return kind === 'attention' || kind === 'mlp' ? [{ name, kind, block }] : [];
}

function isWalkOrder(branches: readonly BranchSite[]): boolean {
  return branches.every(({ kind, block }, index) => {
    return block === Math.floor(index / 2) && kind === (index % 2 === 0 ? 'attention' : 'mlp');
  });
}
