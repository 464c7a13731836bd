import type { ModelDescription, NetworkShape, SiteShape } from '@forecache/adapters';

const MODULE_KINDS: readonly string[] = [
  'attention',
  'cross-attention',
  'mlp',
  'single',
] satisfies readonly SiteShape['kind'][];

/** The forecastable modules of a described model, for policies that treat them differently. */
export function networkShape(description: Pick<ModelDescription, 'sites'>): NetworkShape {
  const sites = description.sites.flatMap(({ name, kind, block, output }) =>
    isModule(kind) ? [{ name, kind, block, tokens: tokensOf(output.shape) }] : [],
  );
  return { blocks: sites.reduce((most, { block }) => Math.max(most, block + 1), 0), sites };
}

function isModule(kind: string): kind is SiteShape['kind'] {
  return MODULE_KINDS.includes(kind);
}

/** A feature without its batch is [tokens, width], or [frames, tokens, width]. */
function tokensOf(shape: readonly number[]): number {
  return shape.slice(0, -1).reduce((product, size) => product * size, 1);
}
