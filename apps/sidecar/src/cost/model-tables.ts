import { ForecastError, invalidArgument } from '@forecache/core';
import { loadManifest } from '@forecache/demo-model';
import {
  layerTable,
  listModels,
  type LayerTable,
  type ModelSize,
  type SizeOptions,
} from '@forecache/model-catalog';
import { timestepsOf } from '../sampler/sampler-times.js';
import { demoLayerTable } from './demo-layer-table.js';

/** The model when a person names none. */
export const DEFAULT_MODEL = 'demo';

/** A model whose costs are known. */
export interface CostModel {
  readonly name: string;
  readonly title: string;
  readonly defaultSize: ModelSize;
  /** Sampler steps when nobody says otherwise. */
  readonly steps: number;
  /** Its layers at a size. Throws where the model does not take the size. */
  tableOf(size: SizeOptions): LayerTable;
  /** Timestep of each call; null where they depend on a sampler that is not known here. */
  timestepsOf(steps: number): readonly number[] | null;
}

/** The model of this repository, then the catalog's. */
export async function listCostModels(): Promise<readonly CostModel[]> {
  return [await demoModel(), ...listModels().map(catalogModel)];
}

/** A model by name. */
export async function findCostModel(name: string): Promise<CostModel> {
  // First those that need no file: a copy of the program without the demo model knows them too.
  const published = listModels().find((model) => model.name === name);
  if (published !== undefined) return catalogModel(published);
  const models = await listCostModels();
  const found = models.find((model) => model.name === name);
  if (found !== undefined) return found;
  throw invalidArgument('model', `one of ${models.map((model) => model.name).join(', ')}`, name);
}

async function demoModel(): Promise<CostModel> {
  const manifest = await loadManifest();
  const table = demoLayerTable(manifest);
  return {
    name: manifest.id,
    title: table.title,
    defaultSize: table.size,
    steps: manifest.sampler.steps,
    tableOf: (size) => {
      assertOnlySize(table, size);
      return table;
    },
    timestepsOf,
  };
}

function catalogModel({
  name,
  title,
  defaultSize,
  steps,
}: ReturnType<typeof listModels>[number]): CostModel {
  return {
    name,
    title,
    defaultSize,
    steps,
    tableOf: (size) => catalogTable(name, size),
    timestepsOf: () => null,
  };
}

function assertOnlySize({ title, size }: LayerTable, given: SizeOptions): void {
  const names = Object.keys(given) as (keyof ModelSize)[];
  for (const name of names) {
    if (given[name] === undefined || given[name] === size[name]) continue;
    throw invalidArgument(name, `${size[name]}, the only one of ${title}`, given[name]);
  }
}

/** The catalog imports nothing, so its errors are plain: here they become the house's. */
function catalogTable(name: string, size: SizeOptions): LayerTable {
  try {
    return layerTable(name, size);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ForecastError('invalid-argument', error.message, { cause: error });
  }
}
