import { describeTransformer } from './transformer-network.js';
import type {
  BranchRequest,
  BranchResult,
  ModulatedInput,
  TokenMeasure,
  TransformerNetwork,
} from './transformer-network.js';
import { allTokens } from '../tokens/token-rows.js';
import type { TokenSizes } from '../tokens/token-rows.js';
import { ROWS_PER_BLOCK } from './transformer-layout.js';

/** Sizes of the fake network. */
export interface InMemoryNetworkOptions {
  /** Blocks. Default 2. */
  readonly depth?: number;
  /** Tokens; the image is [1, tokens, 2]. Default 3. */
  readonly tokens?: number;
  /** Width. Default 4. */
  readonly width?: number;
  /** Labels, the null class included. Default 11. */
  readonly labelCount?: number;
}

/** Values of a token in the fake image. */
const PIXELS = 2;

/**
 * A deterministic adaLN-zero transformer without weights, for tests: bounded, smooth in the timestep, and
 * every input of every segment matters.
 */
export function createInMemoryNetwork(options: InMemoryNetworkOptions = {}): TransformerNetwork {
  const { depth = 2, tokens = 3, width = 4, labelCount = 11 } = options;
  const rows = depth * ROWS_PER_BLOCK + 2;
  const image = [1, tokens, PIXELS];
  const flops = (site: string) => tokens * width * (site === 'modulation' ? rows : 10);
  return {
    description: describeTransformer({ model: 'in-memory', depth, tokens, width, image, flops }),
    labelCount,
    async embed(input) {
      const size = tokens * width;
      return {
        hidden: map(input.batch, size, (sample, index) => {
          const token = Math.floor(index / width);
          const pixel = (sample * tokens + token) * PIXELS + (index % PIXELS);
          return Math.tanh(at(input.image, pixel)) + 0.01 * (index % width);
        }),
        conditioning: map(input.batch, width, (sample, column) => {
          const label = Number(input.labels[sample] ?? 0n);
          return Math.sin(input.timestep * (column + 1)) + 0.1 * label;
        }),
      };
    },
    async modulation(conditioning, batch) {
      return map(batch, rows * width, (sample, index) => {
        const row = Math.floor(index / width);
        return 0.1 * Math.sin(at(conditioning, sample * width + (index % width)) + row) + 0.05;
      });
    },
    branch: async (site, request) => computeBranch(site, request, { tokens, width }),
    async head(input) {
      return map(input.batch, tokens * PIXELS, (sample, index) => {
        const token = Math.floor(index / PIXELS);
        return normal(input, { tokens, width }, { sample, token, column: index % PIXELS });
      });
    },
    close: async () => undefined,
  };
}

interface Place {
  readonly sample: number;
  readonly token: number;
  readonly column: number;
}

/** An mlp looks at a token by itself; an attention at the next one, too. */
function computeBranch(site: string, request: BranchRequest, sizes: TokenSizes): BranchResult {
  const block = Number(site.split('.')[1]);
  const { tokens, width } = sizes;
  const { batch, measure, chosen } = request;
  const { count, indices } = chosen ?? allTokens(batch, tokens);
  const mlp = (place: Place) => Math.tanh(normal(request, sizes, place) * (block + 1));
  const attention = (place: Place) => {
    const next = normal(request, sizes, { ...place, token: (place.token + 1) % tokens });
    return 0.5 * (normal(request, sizes, place) + next) - 0.1 * block;
  };
  const value = site.endsWith('mlp') ? mlp : attention;
  const branch = map(batch, count * width, (sample, index) => {
    const token = indices[sample * count + Math.floor(index / width)] ?? 0;
    return value({ sample, token, column: index % width });
  });
  return { branch, measured: measure === null ? null : MEASURES[measure](request, sizes) };
}

/** Stand-ins: the value of a token is its normal row, and what it receives grows with its first number. */
const MEASURES: Readonly<
  Record<TokenMeasure, (input: ModulatedInput, sizes: TokenSizes) => Float32Array>
> = {
  influence(input, sizes) {
    const pull = (sample: number, token: number) =>
      Math.exp(Math.tanh(normal(input, sizes, { sample, token, column: 0 })));
    return map(input.batch, sizes.tokens, (sample, token) => {
      let total = 0;
      for (let other = 0; other < sizes.tokens; other++) total += pull(sample, other);
      return pull(sample, token) / total;
    });
  },
  'value-norm': (input, sizes) =>
    map(input.batch, sizes.tokens, (sample, token) => {
      let squares = 0;
      for (let column = 0; column < sizes.width; column++) {
        squares += normal(input, sizes, { sample, token, column }) ** 2;
      }
      return Math.sqrt(squares);
    }),
};

/** LayerNorm's stand-in: hidden * (1 + scale) + shift. */
function normal(
  { hidden, shift, scale }: ModulatedInput,
  { tokens, width }: TokenSizes,
  { sample, token, column }: Place,
): number {
  const value = at(hidden, (sample * tokens + token) * width + column);
  return value * (1 + at(scale, sample * width + column)) + at(shift, sample * width + column);
}

function map(batch: number, size: number, value: (sample: number, index: number) => number) {
  return Float32Array.from({ length: batch * size }, (_, i) =>
    value(Math.floor(i / size), i % size),
  );
}

function at(values: Float32Array, index: number): number {
  return values[index] ?? 0;
}
