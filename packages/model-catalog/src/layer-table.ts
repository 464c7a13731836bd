import type { ModelSize } from './model-size.js';

/**
 * A place whose output can be forecast, in walk order. Its output is the paper's: after the output projection,
 * before the gate. Shape: [batch, tokens, width].
 */
export interface CatalogSite {
  /** `blocks.3.mlp`, `blocks.0.image.attention`, `blocks.19.single`: blocks count over the whole network. */
  readonly name: string;
  readonly kind: 'attention' | 'cross-attention' | 'mlp' | 'single';
  readonly stream: 'image' | 'text' | 'joint';
  readonly block: number;
  /** Tokens of one sample. */
  readonly tokens: number;
  readonly width: number;
  readonly bytesPerNumber: number;
  /**
   * Computing it in full in one call, for the whole batch. Attention over two streams is split by its query
   * rows: the sites of both streams together are the attention.
   */
  readonly flops: number;
  /** Computing it for chosen tokens: `fixed + tokens * perToken`, for the whole batch. */
  readonly partial: PartialCost;
  /** Its output projection alone, for every token; null where the host does not run it apart. */
  readonly projectionFlops: number | null;
}

/** FLOPs of a partial call at a site. */
export interface PartialCost {
  /** Spent once, however many tokens are chosen. */
  readonly fixed: number;
  /** Spent on each chosen token of every sample. */
  readonly perToken: number;
}

/** Work that no forecast saves. */
export interface AlwaysTerm {
  readonly name: string;
  /** The block whose modulation this is: it runs as long as its block is walked. Null: it runs in every call. */
  readonly block: number | null;
  /** For the whole batch of a call. */
  readonly flops: number;
}

/** What counted the published FLOPs: the repository's own code, or calflops, which prints. See `publishedFlops`. */
export type Counter = 'repository' | 'calflops';

/** A network at one size: what it computes in one call, and what can be forecast. */
export interface LayerTable {
  readonly model: string;
  readonly title: string;
  readonly size: ModelSize;
  readonly blocks: number;
  /** Samples in one call of one branch: 2 · samples where classifier-free guidance is batched. */
  readonly batch: number;
  /** Calls of the network a sampler step: 2 where guidance runs the network twice. */
  readonly branches: number;
  readonly sites: readonly CatalogSite[];
  /** Embedders, modulations and head, as far as the published counter counts them. */
  readonly always: readonly AlwaysTerm[];
  /** The last block's output that the head reads, one sample: [tokens, width]. */
  readonly hidden: {
    readonly tokens: number;
    readonly width: number;
    readonly bytesPerNumber: number;
  };
  /** The network's result. */
  readonly output: { readonly numbersPerSample: number; readonly bytesPerNumber: number };
  readonly counter: Counter;
  /** What is counted, in a sentence. */
  readonly convention: string;
}

/** A site without what follows from the rest. */
export interface SiteOptions extends Omit<CatalogSite, 'flops' | 'partial' | 'projectionFlops'> {
  readonly batch: number;
  /** FLOPs of one sample, and of what a partial call spends on one sample. */
  readonly perSample: {
    readonly full: number;
    /** Default: every token costs the same. */
    readonly partial?: PartialCost;
    readonly projection?: number;
  };
}

/** A site of a whole batch from the costs of one sample. */
export function createSite({ batch, perSample, ...site }: SiteOptions): CatalogSite {
  const { full, projection } = perSample;
  const { fixed, perToken } = perSample.partial ?? { fixed: 0, perToken: full / site.tokens };
  return {
    ...site,
    flops: batch * full,
    partial: { fixed: batch * fixed, perToken: batch * perToken },
    projectionFlops: projection === undefined ? null : batch * projection,
  };
}
