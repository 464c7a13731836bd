import { blockCount, isModuleKind } from '@forecache/adapters';
import type { ModelDescription, NetworkShape } from '@forecache/adapters';

/** The forecastable modules of a described model, for policies that treat them differently. */
export function networkShape(description: Pick<ModelDescription, 'sites'>): NetworkShape {
  const sites = description.sites.flatMap(({ name, kind, block, output }) =>
    isModuleKind(kind) ? [{ name, kind, block, tokens: tokensOf(output.shape) }] : [],
  );
  return { blocks: blockCount(description), sites };
}

/** A feature without its batch is [tokens, width], or [frames, tokens, width]. */
function tokensOf(shape: readonly number[]): number {
  return shape.slice(0, -1).reduce((product, size) => product * size, 1);
}
