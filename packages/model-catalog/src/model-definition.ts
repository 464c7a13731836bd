import type { LayerTable } from './layer-table.js';
import type { ModelSize, SizeRules } from './model-size.js';

/** The part of a layer table that a model computes from a checked size. */
export type Layers = Omit<LayerTable, 'model' | 'title' | 'size'>;

/** One model of the catalog: its rules and its formulas. */
export interface ModelDefinition {
  readonly name: string;
  readonly title: string;
  /** Sampler steps of the paper, or of the released program. */
  readonly steps: number;
  /** Where the dimensions come from. */
  readonly source: string;
  readonly rules: SizeRules;
  readonly layers: (size: ModelSize) => Layers;
}

/** What `itemsOf` gives for each block, in order, as one list. */
export function eachBlock<T>(blocks: number, itemsOf: (block: number) => readonly T[]): T[] {
  return Array.from({ length: blocks }, (_, block) => itemsOf(block)).flat();
}
