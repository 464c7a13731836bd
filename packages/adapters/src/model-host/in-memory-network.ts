import { describeTransformer } from './transformer-network.js';
import type { ModulatedInput, TransformerNetwork } from './transformer-network.js';
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
  const map = (batch: number, size: number, value: (sample: number, index: number) => number) =>
    Float32Array.from({ length: batch * size }, (_, i) => value(Math.floor(i / size), i % size));
  /** LayerNorm's stand-in: hidden * (1 + scale) + shift. */
  const normal = ({ hidden, shift, scale }: ModulatedInput, sample: number, index: number) => {
    const column = sample * width + (index % width);
    const value = at(hidden, sample * tokens * width + index);
    return value * (1 + at(scale, column)) + at(shift, column);
  };
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
    async branch(site, input) {
      const block = Number(site.split('.')[1]);
      if (site.endsWith('mlp')) {
        return map(input.batch, tokens * width, (sample, index) =>
          Math.tanh(normal(input, sample, index) * (block + 1)),
        );
      }
      return map(input.batch, tokens * width, (sample, index) => {
        const next = (index + width) % (tokens * width);
        return 0.5 * (normal(input, sample, index) + normal(input, sample, next)) - 0.1 * block;
      });
    },
    async head(input) {
      return map(input.batch, tokens * PIXELS, (sample, index) => {
        const token = Math.floor(index / PIXELS);
        return normal(input, sample, token * width + (index % PIXELS));
      });
    },
    close: async () => undefined,
  };
}

function at(values: Float32Array, index: number): number {
  return values[index] ?? 0;
}
