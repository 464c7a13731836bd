import { createSite, type CatalogSite, type SiteOptions } from './layer-table.js';

/** One stream of a double-stream block and what its two branches cost one sample. */
export interface DoubleStream {
  readonly stream: 'image' | 'text';
  readonly tokens: number;
  readonly attention: SiteOptions['perSample'];
  readonly mlp: SiteOptions['perSample'];
}

/** What the sites of a block share. */
export type BlockShape = Pick<SiteOptions, 'block' | 'width' | 'bytesPerNumber' | 'batch'>;

/** The sites of a block in which image and text have their own weights: both attentions, then both MLPs. */
export function doubleStreamSites(
  shape: BlockShape,
  streams: readonly DoubleStream[],
): readonly CatalogSite[] {
  return (['attention', 'mlp'] as const).flatMap((kind) =>
    streams.map(({ stream, tokens, ...branches }) =>
      createSite({
        ...shape,
        name: `blocks.${shape.block}.${stream}.${kind}`,
        kind,
        stream,
        tokens,
        perSample: branches[kind],
      }),
    ),
  );
}
