import { createTensorArena } from '@forecache/core';

import { float32Tensor, float32View } from '../../tensor/tensor-view.js';
import { createInMemoryNetwork } from './in-memory-network.js';
import type { TokenScore, TokenSelection } from '../model-host.js';
import { createTokenCache } from '../tokens/token-cache.js';
import type { BranchTokenCache } from '../tokens/token-cache.js';
import { beginCall } from './transformer-call.js';
import type { TransformerCall } from './transformer-call.js';
import { transformerLayout } from './transformer-layout.js';
import type { BranchRequest } from './transformer-network.js';

const network = createInMemoryNetwork({ tokens: 4, width: 2 });
const layout = transformerLayout({ hostId: 'test', ...network.description });
const MLP = 'blocks.1.mlp';
const ATTENTION = 'blocks.1.attention';
const BATCH = 2;

const selectionOf = (tokens: number): TokenSelection => {
  return { tokens, stalenessWeight: 0, grid: 0, gridBonus: 0 };
};

/** A hidden state or image: eight numbers a sample. */
const wave = (phase: number) =>
  float32Tensor(
    [BATCH, 4, 2],
    Float32Array.from({ length: 16 }, (_, i) => Math.sin(i + phase)),
  );

function cacheOf(score: TokenScore = 'influence'): BranchTokenCache {
  const cache = { sites: [ATTENTION, MLP], score };
  const arena = createTensorArena({ limitBytes: 4096 });
  return createTokenCache({ cache, layout, arena, runId: 'run', branch: 'joint', batch: BATCH });
}

/** Begins a call and records what its branches are asked for. */
async function begin(callIndex: number, tokens: BranchTokenCache | null) {
  const asked: BranchRequest[] = [];
  const watched: typeof network = {
    ...network,
    branch: (site, request) => {
      asked.push(request);
      return network.branch(site, request);
    },
  };
  const call = await beginCall(watched, layout, {
    branch: 'joint',
    callIndex,
    image: wave(callIndex),
    timestep: 1 - 0.1 * callIndex,
    labels: BigInt64Array.of(1n, 2n),
    batch: BATCH,
    tokens,
  });
  return { call, asked };
}

async function valuesOf(
  call: TransformerCall,
  site: string,
  selection: TokenSelection | null,
): Promise<readonly number[]> {
  return [...float32View(await call.compute(site, wave(7 + call.callIndex), selection))];
}

/** A cache after a full call 0 of both sites. */
async function filled(): Promise<BranchTokenCache> {
  const tokens = cacheOf();
  const { call } = await begin(0, tokens);
  await valuesOf(call, ATTENTION, null);
  await valuesOf(call, MLP, null);
  tokens.commit();
  return tokens;
}

describe('a call', () => {
  it('computes the same with and without a token cache', async () => {
    const plain = await begin(0, null);
    const cached = await begin(0, cacheOf());
    for (const site of [ATTENTION, MLP]) {
      expect(await valuesOf(cached.call, site, null)).toEqual(
        await valuesOf(plain.call, site, null),
      );
    }
    expect(plain.asked.map(({ measure }) => measure)).toEqual([null, null]);
    expect(cached.asked.map(({ measure }) => measure)).toEqual(['influence', null]);
  });

  it('tells its conditioning and modulation', async () => {
    const { call } = await begin(0, null);
    expect(call.conditioning).toHaveLength(BATCH * 2);
    const { rows } = await call.modulation();
    expect([...rows]).toEqual([...float32View(await call.compute('modulation', null, null))]);
  });

  it.each([ATTENTION, MLP])('%s of all tokens chosen is the full one', async (site) => {
    const { call } = await begin(1, await filled());
    const all = await valuesOf(call, site, selectionOf(4));
    expect(all).toEqual(await valuesOf(call, site, null));
  });

  it.each([ATTENTION, MLP])('%s of no tokens is what is cached, uncomputed', async (site) => {
    const tokens = await filled();
    const before = await valuesOf((await begin(0, null)).call, site, null);
    const { call, asked } = await begin(1, tokens);
    expect(await valuesOf(call, site, selectionOf(0))).toEqual(before);
    expect(asked).toEqual([]);
  });

  it.each([ATTENTION, MLP])('%s of some tokens mixes those rows into the cached', async (site) => {
    const tokens = await filled();
    const before = await valuesOf((await begin(0, null)).call, site, null);
    const full = await valuesOf((await begin(1, null)).call, site, null);
    const { call, asked } = await begin(1, tokens);
    const mixed = await valuesOf(call, site, selectionOf(1));
    const { count, indices } = asked[0]?.chosen ?? { count: 0, indices: new Int32Array() };
    expect([count, indices.length]).toEqual([1, BATCH]);
    mixed.forEach((value, at) => {
      const sample = Math.floor(at / 8);
      const isFresh = indices[sample] === Math.floor((at % 8) / 2);
      expect(value).toBe(isFresh ? full[at] : before[at]);
    });
    expect(before).not.toEqual(full);
  });

  it('commits nothing itself', async () => {
    const tokens = await filled();
    const { call } = await begin(1, tokens);
    const mixed = await valuesOf(call, MLP, selectionOf(2));
    tokens.rollback();
    const cached = await valuesOf((await begin(1, tokens)).call, MLP, selectionOf(0));
    expect(cached).not.toEqual(mixed);
    expect(await valuesOf(call, MLP, selectionOf(2))).toEqual(mixed);
  });
});

describe('a selection is refused', () => {
  it.each([
    ['without a token cache', MLP, null],
    ['at a site that is not cached', 'blocks.0.mlp', 'filled'],
    ['at the modulation', 'modulation', 'filled'],
    ['at the head', 'head', 'filled'],
  ])('%s', async (_, site, cache) => {
    const { call } = await begin(1, cache === null ? null : await filled());
    await expect(valuesOf(call, site, selectionOf(1))).rejects.toMatchObject({
      code: 'invalid-argument',
      message: `selection must be unset for site ${site}, which is not in the run's token cache, got "a selection"`,
    });
  });

  it('before a full computation', async () => {
    const { call } = await begin(0, cacheOf());
    await expect(valuesOf(call, MLP, selectionOf(1))).rejects.toMatchObject({
      code: 'failed-precondition',
      message: `site ${MLP}: a partial call needs a full one before it`,
    });
  });
});
