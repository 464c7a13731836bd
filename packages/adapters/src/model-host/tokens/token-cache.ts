import { ForecastError, invalidArgument } from '@forecache/core';
import type { TensorArena } from '@forecache/core';

import { createCachedTokens } from './cached-tokens.js';
import type { CachedTokens } from './cached-tokens.js';
import { assertChoosable, chooseTokens } from './choose-tokens.js';
import type { TokenCache, TokenSelection } from '../model-host.js';
import { fillRandomScores } from './random-scores.js';
import type { ChosenTokens } from './token-rows.js';
import type { BranchSite, TransformerLayout } from '../transformer/transformer-layout.js';
import type { BranchResult, TokenMeasure } from '../transformer/transformer-network.js';

/** What `createTokenCache` takes. */
export interface TokenCacheOptions {
  readonly cache: TokenCache;
  readonly layout: TransformerLayout;
  /** Where the cached features are: one a site. */
  readonly arena: TensorArena;
  readonly runId: string;
  readonly branch: string;
  readonly batch: number;
}

/** A partial computation of one site in one call. */
export interface PartialCall {
  readonly site: string;
  readonly callIndex: number;
  readonly selection: TokenSelection;
}

/**
 * The features of one branch of a run that are kept by token, and what their tokens are chosen by. What a call computes
 * is staged; it counts from `commit` on, and `rollback` forgets it. A call made again chooses the same tokens again.
 */
export interface BranchTokenCache {
  has(site: string): boolean;
  /** Throws unless a partial computation can be done, as far as that is known before the call. Changes nothing. */
  assertPossible(site: string, selection: TokenSelection, callIndex: number): void;
  /** What to ask an attention for when it computes all tokens. */
  measureOf(site: string): TokenMeasure | null;
  /** Takes what a full computation of any branch site gave. Keeps the arrays until `commit`. */
  stageFull(site: string, callIndex: number, result: BranchResult): void;
  choose(call: PartialCall): ChosenTokens;
  /** Takes the rows of the chosen tokens and returns the whole feature with them, a fresh array. */
  stagePartial(call: PartialCall, chosen: ChosenTokens, rows: Float32Array): Float32Array;
  /** Makes what is staged count. Cannot fail. */
  commit(): void;
  /** Forgets what is staged, if anything is. */
  rollback(): void;
  /** Gives the memory back; the end of the cache. */
  clear(): void;
}

/** An empty cache. Takes all its memory now: `resource-exhausted` when a run begins, not in the midst of it. */
export function createTokenCache(options: TokenCacheOptions): BranchTokenCache {
  const { cache, layout, runId, branch, batch } = options;
  const sites = new Map(
    cache.sites.map((site) => [site, createCachedTokens({ ...options, site, sizes: layout })]),
  );
  const scores = createBlockScores(options);
  const siteOf = (site: string): CachedTokens => {
    const cached = sites.get(site);
    if (cached !== undefined) return cached;
    throw notCached(site);
  };
  const assertPossible: BranchTokenCache['assertPossible'] = (site, selection, callIndex) => {
    const cached = siteOf(site);
    assertChoosable('selection', selection, layout.tokens);
    cached.assertRefreshable(callIndex);
  };
  return {
    has: (site) => sites.has(site),
    assertPossible,
    measureOf: (site) => scores.measureOf(site),
    stageFull(site, callIndex, { branch: feature, measured }) {
      sites.get(site)?.stageFull(callIndex, feature);
      if (measured !== null) scores.stage(site, measured);
    },
    choose({ site, callIndex, selection }) {
      assertPossible(site, selection, callIndex);
      const cached = siteOf(site);
      const before = cached.chosenAt(callIndex, selection);
      if (before !== null) return before;
      const seed = `${runId} ${branch} ${callIndex} ${site}`;
      const ranking = { scores: scores.of(site, seed), ages: cached.agesAt(callIndex) };
      return chooseTokens({ batch, tokens: layout.tokens, ...ranking }, selection);
    },
    stagePartial: ({ site, ...call }, chosen, rows) =>
      siteOf(site).stagePartial({ ...call, chosen }, rows),
    commit() {
      sites.forEach((cached) => cached.commit());
      scores.commit();
    },
    rollback() {
      sites.forEach((cached) => cached.rollback());
      scores.rollback();
    },
    clear: () => sites.forEach((cached) => cached.clear()),
  };
}

/** The error of a selection at a site that is not cached by token. */
export function notCached(site: string): ForecastError {
  const rule = `unset for site ${site}, which is not in the run's token cache`;
  return invalidArgument('selection', rule, 'a selection');
}

/** Scores of a block's tokens: what its attention measured when it last computed all of them. */
function createBlockScores({ cache, layout, batch }: TokenCacheOptions) {
  const measure = cache.score === 'random' ? null : cache.score;
  const branches = new Map(layout.branches.map((site) => [site.name, site]));
  const blockOf = (site: string) => branches.get(site)?.block ?? -1;
  const cachedBlocks = new Set(cache.sites.map(blockOf));
  const random = new Float32Array(batch * layout.tokens);
  const known = new Map<number, Float32Array>();
  const staged = new Map<number, Float32Array>();
  const isMeasured = (site: BranchSite | undefined) =>
    site?.kind === 'attention' && cachedBlocks.has(site.block);
  return {
    measureOf: (site: string) => (isMeasured(branches.get(site)) ? measure : null),
    stage(site: string, measured: Float32Array) {
      staged.set(blockOf(site), scoresOf(measure, measured));
    },
    /** [batch, tokens]. Random ones are valid until the next are asked for. */
    of(site: string, seed: string): Float32Array {
      if (measure === null) {
        fillRandomScores(random, seed);
        return random;
      }
      const block = blockOf(site);
      const scores = staged.get(block) ?? known.get(block);
      if (scores !== undefined) return scores;
      const reason = `no scores yet: blocks.${block}.attention was not computed in full`;
      throw new ForecastError('failed-precondition', `site ${site}: ${reason}`);
    },
    commit() {
      staged.forEach((scores, block) => known.set(block, scores));
      staged.clear();
    },
    rollback: () => staged.clear(),
  };
}

/** The smaller the value, the sooner a token is computed (DuCa, arXiv 2412.18911): 1 minus its norm. */
function scoresOf(measure: TokenMeasure | null, measured: Float32Array): Float32Array {
  return measure === 'value-norm' ? measured.map((norm) => 1 - norm) : measured;
}
