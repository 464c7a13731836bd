import { createTensorArena } from '@forecache/core';

import { createTokenCache } from './token-cache.js';
import type { BranchTokenCache, TokenCacheOptions } from './token-cache.js';
import type { TokenSelection } from '../model-host.js';

/** Two blocks; samples of three tokens, two wide. */
const layout: TokenCacheOptions['layout'] = {
  depth: 2,
  tokens: 3,
  width: 2,
  rows: 14,
  branches: [0, 1].flatMap((block) => [
    { name: `blocks.${block}.attention`, block, kind: 'attention' },
    { name: `blocks.${block}.mlp`, block, kind: 'mlp' },
  ]),
};
const MLP = 'blocks.0.mlp';
const ATTENTION = 'blocks.0.attention';
const ONE: TokenSelection = { tokens: 1, stalenessWeight: 0, grid: 0, gridBonus: 0 };

function create(change: Partial<TokenCacheOptions> = {}): BranchTokenCache {
  return createTokenCache({
    cache: { sites: [MLP], score: 'influence' },
    layout,
    arena: createTensorArena({ limitBytes: 4096 }),
    runId: 'run',
    branch: 'joint',
    batch: 2,
    ...change,
  });
}

/** A feature of two samples whose numbers are all `value`. */
const flat = (value: number) => new Float32Array(12).fill(value);

/** A cache after a full call 0: features of 0, token 2 the most important of sample 0, token 1 of sample 1. */
function filled(change: Partial<TokenCacheOptions> = {}): BranchTokenCache {
  const tokens = create(change);
  const measured = Float32Array.of(0.2, 0.3, 0.5, 0.3, 0.4, 0.3);
  tokens.stageFull(ATTENTION, 0, { branch: flat(0), measured });
  tokens.stageFull(MLP, 0, { branch: flat(0), measured: null });
  tokens.commit();
  return tokens;
}

function chosenAt(tokens: BranchTokenCache, callIndex: number, selection = ONE): readonly number[] {
  return [...tokens.choose({ site: MLP, callIndex, selection }).indices];
}

/** A partial call whose fresh rows are all `value`; returns the whole feature. */
function refresh(
  tokens: BranchTokenCache,
  call: { readonly callIndex: number; readonly value: number; readonly selection?: TokenSelection },
): readonly number[] {
  const { callIndex, value, selection = ONE } = call;
  const partial = { site: MLP, callIndex, selection };
  const chosen = tokens.choose(partial);
  const rows = new Float32Array(chosen.indices.length * 2).fill(value);
  return [...tokens.stagePartial(partial, chosen, rows)];
}

describe('a token cache', () => {
  it('puts the fresh rows of each sample into what was there', () => {
    const tokens = filled();
    expect(refresh(tokens, { callIndex: 1, value: 7 })).toEqual([
      0, 0, 0, 0, 7, 7, 0, 0, 7, 7, 0, 0,
    ]);
  });

  it('goes on from what earlier partial calls refreshed', () => {
    const tokens = filled();
    refresh(tokens, { callIndex: 1, value: 7 });
    tokens.commit();
    const older = { ...ONE, stalenessWeight: 10 };
    // Token 2 was computed at call 1, so at call 2 the others are 1 call old: the best of those is 1, then 0.
    expect(refresh(tokens, { callIndex: 2, value: 8, selection: older })).toEqual([
      0, 0, 8, 8, 7, 7, 8, 8, 7, 7, 0, 0,
    ]);
  });

  it('hands out an array that nothing it does later changes', () => {
    const tokens = filled();
    const partial = { site: MLP, callIndex: 1, selection: ONE };
    const none = { count: 0, indices: new Int32Array() };
    const whole = tokens.stagePartial(partial, none, new Float32Array());
    tokens.stageFull(MLP, 2, { branch: flat(9), measured: null });
    tokens.commit();
    expect([...whole]).toEqual([...flat(0)]);
    whole.fill(5);
    expect(refresh(tokens, { callIndex: 3, value: 9 })).toEqual([...flat(9)]);
  });

  it('a token ages by every call that does not compute it, made here or not', () => {
    const tokens = filled();
    refresh(tokens, { callIndex: 1, value: 1 });
    tokens.commit();
    // Sample 0, call 4: ages 3 3 2, scores 0.2 0.3 0.5 of length 0.616: 0.32 0.49 0.81. The lead of token 2 is 0.32.
    expect(chosenAt(tokens, 4, { ...ONE, stalenessWeight: 0.31 })[0]).toBe(2);
    expect(chosenAt(tokens, 4, { ...ONE, stalenessWeight: 0.33 })[0]).toBe(1);
  });

  it('a full call makes all tokens new', () => {
    const tokens = filled();
    refresh(tokens, { callIndex: 1, value: 1 });
    tokens.commit();
    tokens.stageFull(MLP, 4, { branch: flat(4), measured: null });
    tokens.commit();
    expect(chosenAt(tokens, 5, { ...ONE, stalenessWeight: 100 })).toEqual([2, 1]);
  });

  it('a call made again chooses the same tokens and answers the same', () => {
    const tokens = filled();
    const selection = { ...ONE, stalenessWeight: 10 };
    refresh(tokens, { callIndex: 1, value: 1, selection });
    tokens.commit();
    const first = refresh(tokens, { callIndex: 2, value: 2, selection });
    tokens.commit();
    expect(refresh(tokens, { callIndex: 2, value: 2, selection })).toEqual(first);
    tokens.commit();
    // Sample 0 computed token 2, then 1, so 0 is the oldest; sample 1 computed 1, then 0.
    expect(chosenAt(tokens, 3, selection)).toEqual([0, 2]);
  });

  it('another selection at the same call chooses anew', () => {
    const tokens = filled();
    refresh(tokens, { callIndex: 1, value: 1 });
    tokens.commit();
    expect(chosenAt(tokens, 1, { ...ONE, tokens: 2 })).toEqual([1, 2, 0, 1]);
  });
});

describe('what is staged', () => {
  it('does not count after a rollback', () => {
    const tokens = filled();
    refresh(tokens, { callIndex: 1, value: 7 });
    tokens.stageFull(ATTENTION, 1, {
      branch: flat(1),
      measured: Float32Array.of(1, 0, 0, 1, 0, 0),
    });
    tokens.rollback();
    tokens.commit();
    expect(chosenAt(tokens, 1)).toEqual([2, 1]);
    const none = { ...ONE, tokens: 0 };
    expect(refresh(tokens, { callIndex: 1, value: 7, selection: none })).toEqual([...flat(0)]);
  });

  it('the first full call rolled back leaves nothing to refresh', () => {
    const tokens = create();
    tokens.stageFull(MLP, 0, { branch: flat(1), measured: null });
    tokens.rollback();
    expect(() => tokens.assertPossible(MLP, ONE, 1)).toThrow('a partial call needs a full one');
  });

  it('gives its scores to the rest of the same call', () => {
    const tokens = filled();
    const measured = Float32Array.of(1, 0, 0, 1, 0, 0);
    tokens.stageFull(ATTENTION, 1, { branch: flat(1), measured });
    expect(chosenAt(tokens, 1)).toEqual([0, 0]);
  });
});

describe('scores', () => {
  it.each([
    ['influence', [2, 1]],
    // 1 minus the norm: the smallest comes first.
    ['value-norm', [0, 0]],
  ] as const)('of %s choose', (score, expected) => {
    expect(chosenAt(filled({ cache: { sites: [MLP], score } }), 1)).toEqual(expected);
  });

  it('are asked of the attention of blocks that are cached, and of nothing else', () => {
    const asked = (score: 'influence' | 'random') => {
      const tokens = create({ cache: { sites: [MLP], score } });
      return layout.branches.map(({ name }) => tokens.measureOf(name));
    };
    expect(asked('influence')).toEqual(['influence', null, null, null]);
    expect(asked('random')).toEqual([null, null, null, null]);
  });

  it('at random are those of the call, the site, the branch and the run', () => {
    const cache = { sites: [MLP], score: 'random' } as const;
    const choices = (change: Partial<TokenCacheOptions>) =>
      Array.from({ length: 20 }, (_, call) => chosenAt(filled({ cache, ...change }), call)).flat();
    expect(choices({})).toEqual(choices({}));
    expect(new Set(choices({})).size).toBe(3);
    expect(choices({})).not.toEqual(choices({ runId: 'other' }));
    expect(choices({})).not.toEqual(choices({ branch: 'cond' }));
  });
});

describe('a partial call is refused', () => {
  it('at a site that is not cached', () => {
    expect(() => filled().assertPossible(ATTENTION, ONE, 1)).toThrow(
      `selection must be unset for site ${ATTENTION}, which is not in the run's token cache, got "a selection"`,
    );
  });

  it('before any full one', () => {
    const tokens = create();
    const message = `site ${MLP}: a partial call needs a full one before it`;
    expect(() => tokens.assertPossible(MLP, ONE, 3)).toThrow(message);
    expect(() => chosenAt(tokens, 3)).toThrow(message);
  });

  it('before the newest call', () => {
    const tokens = filled();
    refresh(tokens, { callIndex: 5, value: 1 });
    tokens.commit();
    expect(() => tokens.assertPossible(MLP, ONE, 4)).toThrow(
      `site ${MLP}: a partial call 4 cannot follow call 5`,
    );
    expect(() => tokens.assertPossible(MLP, ONE, 5)).not.toThrow();
  });

  it('of more tokens than there are', () => {
    expect(() => filled().assertPossible(MLP, { ...ONE, tokens: 4 }, 1)).toThrow(
      'selection.tokens must be an integer in 0..3, got 4',
    );
  });

  it('where the attention of its block measured nothing yet', () => {
    const tokens = create();
    tokens.stageFull(MLP, 0, { branch: flat(0), measured: null });
    tokens.commit();
    expect(() => chosenAt(tokens, 1)).toThrow(
      `site ${MLP}: no scores yet: blocks.0.attention was not computed in full`,
    );
  });
});

describe('memory', () => {
  it('is taken at once and given back', () => {
    const arena = createTensorArena({ limitBytes: 128 });
    const tokens = create({ arena, cache: { sites: [MLP, ATTENTION], score: 'random' } });
    // Two features of 12 numbers, 48 bytes each, in cache lines of 64.
    expect(arena.bytesHeld).toBe(128);
    tokens.clear();
    expect(arena.bytesHeld).toBe(0);
  });

  it('that does not reach is an error when the run begins', () => {
    const arena = createTensorArena({ limitBytes: 64 });
    expect(() => create({ arena, cache: { sites: [MLP, ATTENTION], score: 'random' } })).toThrow(
      expect.objectContaining({ code: 'resource-exhausted' }),
    );
  });
});
