/** Where a token's score comes from. Mirrors `TokenScore`. */
export type TokenScore = 'influence' | 'value-norm' | 'random';

/** Sites whose newest feature is kept by token, so that a partial decision can refresh some. Mirrors `TokenCache`. */
export interface TokenCache {
  readonly sites: readonly string[];
  readonly score: TokenScore;
}

/**
 * How a host chooses the tokens of a partial decision: the highest of score + stalenessWeight · (calls since the token
 * was computed), the best of each grid cell raised by gridBonus · (its own score). Mirrors `TokenSelection`.
 */
export interface TokenSelection {
  /** Tokens to compute in each sample; 0 computes none. */
  readonly tokens: number;
  readonly stalenessWeight: number;
  /** Side of a grid cell in tokens; 0 is off. */
  readonly grid: number;
  readonly gridBonus: number;
}
