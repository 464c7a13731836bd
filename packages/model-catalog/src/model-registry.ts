import { DIT_XL_2_256, DIT_XL_2_512 } from './dit.js';
import { FLUX_1_DEV } from './flux.js';
import { FRAMEPACK } from './framepack.js';
import { HIDREAM_I1_FULL } from './hidream.js';
import { HUNYUAN_VIDEO } from './hunyuan-video.js';
import { invalidArgument } from './invalid-argument.js';
import type { LayerTable } from './layer-table.js';
import type { ModelDefinition } from './model-definition.js';
import { compileSize, type ModelSize, type SizeOptions } from './model-size.js';
import { WAN_2_1_T2V_1_3B, WAN_2_1_T2V_14B } from './wan.js';

/** A model of the catalog, for lists. */
export interface ModelSummary {
  readonly name: string;
  readonly title: string;
  /** The size a table has when none is given: the paper's. */
  readonly defaultSize: ModelSize;
  /** What each number of a size must be, in words. */
  readonly sizeRules: Readonly<Record<Exclude<keyof ModelSize, 'samples'>, string>>;
  /** Sampler steps of the paper, or of the released program. */
  readonly steps: number;
  readonly source: string;
}

const MODELS: readonly ModelDefinition[] = Object.freeze([
  DIT_XL_2_256,
  DIT_XL_2_512,
  FLUX_1_DEV,
  HUNYUAN_VIDEO,
  WAN_2_1_T2V_1_3B,
  WAN_2_1_T2V_14B,
  HIDREAM_I1_FULL,
  FRAMEPACK,
]);

/** The models of the catalog. */
export function listModels(): readonly ModelSummary[] {
  return MODELS.map(({ name, title, steps, source, rules }) => ({
    name,
    title,
    defaultSize: compileSize(rules, {}),
    sizeRules: {
      height: rulesInWords(rules.height),
      width: rulesInWords(rules.width),
      frames: rulesInWords(rules.frames),
      textTokens: rulesInWords(rules.textTokens),
    },
    steps,
    source,
  }));
}

/** What a model computes in one call at a size. Throws on an unknown name or a size the model does not take. */
export function layerTable(model: string, size: SizeOptions = {}): LayerTable {
  const definition = MODELS.find(({ name }) => name === model);
  if (definition === undefined) {
    const names = MODELS.map(({ name }) => name).join(', ');
    throw invalidArgument('model', `one of ${names}`, model);
  }
  const compiled = compileSize(definition.rules, size);
  const { name, title, layers } = definition;
  return { model: name, title, size: compiled, ...layers(compiled) };
}

function rulesInWords(rule: ModelDefinition['rules']['height']): string {
  return rule.checks.map((check) => check.rule).join(', ');
}
