import type { NetworkShape, SiteShape } from '../src/network-shape.js';

type Module = Pick<SiteShape, 'kind' | 'tokens'> & { readonly name: string };

/** DiT-XL/2 at 256 x 256, for specs: 28 blocks of attention and MLP over 256 tokens. */
export function ditNetwork(blocks = 28, tokens = 256): NetworkShape {
  const modules = [
    { name: 'attention', kind: 'attention', tokens },
    { name: 'mlp', kind: 'mlp', tokens },
  ] as const;
  return { blocks, sites: stack(0, blocks, modules) };
}

/** PixArt-alpha at 256 x 256, for specs: 28 blocks with a cross-attention. */
export function pixartNetwork(): NetworkShape {
  const kinds = ['attention', 'cross-attention', 'mlp'] as const;
  const modules = kinds.map((kind) => ({ name: kind, kind, tokens: 256 }));
  return { blocks: 28, sites: stack(0, 28, modules) };
}

/** FLUX.1 at 1024 x 1024, for specs: 19 double blocks with an image and a text stream, 38 single ones; 114 modules. */
export function fluxNetwork(): NetworkShape {
  const double = [
    { name: 'image-attention', kind: 'attention', tokens: 4096 },
    { name: 'image-mlp', kind: 'mlp', tokens: 4096 },
    { name: 'text-attention', kind: 'attention', tokens: 512 },
    { name: 'text-mlp', kind: 'mlp', tokens: 512 },
  ] as const;
  const single = [{ name: 'single', kind: 'single', tokens: 4608 }] as const;
  return { blocks: 57, sites: [...stack(0, 19, double), ...stack(19, 38, single)] };
}

function stack(first: number, count: number, modules: readonly Module[]): readonly SiteShape[] {
  return Array.from({ length: count }, (_, index) => first + index).flatMap((block) =>
    modules.map((module) => ({ ...module, name: `blocks.${block}.${module.name}`, block })),
  );
}
