import { ForecastError } from '@forecache/core';
import type { Slot, TensorArena } from '@forecache/core';

import type { TokenSelection } from '../model-host.js';
import { rowNumbers, scatterRows } from './token-rows.js';
import type { ChosenTokens, TokenSizes } from './token-rows.js';

/** What `createCachedTokens` takes. */
export interface CachedTokensOptions {
  readonly arena: TensorArena;
  readonly site: string;
  readonly batch: number;
  readonly sizes: TokenSizes;
}

/** A call that computed some tokens of a site. */
export interface TokenChoice {
  readonly callIndex: number;
  readonly selection: TokenSelection;
  readonly chosen: ChosenTokens;
}

/** The newest feature of one site by token: [batch, tokens, width], and the call that computed each token. */
export interface CachedTokens {
  /** Throws unless some tokens can be refreshed at this call. Changes nothing. */
  assertRefreshable(callIndex: number): void;
  /** The tokens that this very call chose when it was made before; null for a new call or another selection. */
  chosenAt(callIndex: number, selection: TokenSelection): ChosenTokens | null;
  /** [batch, tokens]: calls between the one that computed a token and this one; valid until asked again. */
  agesAt(callIndex: number): Int32Array;
  /** Keeps the array until `commit`. */
  stageFull(callIndex: number, feature: Float32Array): void;
  /** The whole feature with fresh rows, a fresh array. */
  stagePartial(choice: TokenChoice, rows: Float32Array): Float32Array;
  commit(): void;
  rollback(): void;
  clear(): void;
}

type Staged =
  | { readonly kind: 'full'; readonly callIndex: number; readonly feature: Float32Array }
  | { readonly kind: 'partial'; readonly choice: TokenChoice; readonly rows: Float32Array };

/** Takes the memory of one feature from the arena; nothing is cached yet. */
export function createCachedTokens(options: CachedTokensOptions): CachedTokens {
  const { arena, batch, sizes } = options;
  const { tokens, width } = sizes;
  const slot = arena.allocate(batch * tokens * width * Float32Array.BYTES_PER_ELEMENT);
  const computedAt = new Int32Array(batch * tokens);
  const ages = new Int32Array(batch * tokens);
  let newestCall = -1;
  let choice: TokenChoice | null = null;
  let staged: Staged | null = null;
  return {
    assertRefreshable(callIndex) {
      if (newestCall < 0) throw impossible(options, 'a partial call needs a full one before it');
      if (callIndex >= newestCall) return;
      throw impossible(options, `a partial call ${callIndex} cannot follow call ${newestCall}`);
    },
    chosenAt(callIndex, selection) {
      if (choice?.callIndex !== callIndex) return null;
      return isSameSelection(choice.selection, selection) ? choice.chosen : null;
    },
    agesAt(callIndex) {
      for (let at = 0; at < ages.length; at++) {
        ages[at] = Math.max(0, callIndex - (computedAt[at] as number) - 1);
      }
      return ages;
    },
    stageFull(callIndex, feature) {
      staged = { kind: 'full', callIndex, feature };
    },
    stagePartial(fresh, rows) {
      staged = { kind: 'partial', choice: fresh, rows };
      const whole = cachedValues(arena, slot).slice();
      scatterRows(whole, rows, { chosen: fresh.chosen, sizes });
      return whole;
    },
    commit() {
      if (staged === null) return;
      if (staged.kind === 'full') {
        cachedValues(arena, slot).set(staged.feature);
        computedAt.fill(staged.callIndex);
        newestCall = staged.callIndex;
        choice = null;
      } else {
        choice = staged.choice;
        newestCall = choice.callIndex;
        scatterRows(cachedValues(arena, slot), staged.rows, { chosen: choice.chosen, sizes });
        markComputed(computedAt, choice, tokens);
      }
      staged = null;
    },
    rollback() {
      staged = null;
    },
    clear: () => arena.free(slot),
  };
}

/** A view; any allocation in the arena may move it. */
function cachedValues(arena: TensorArena, slot: Slot): Float32Array {
  const { buffer, byteOffset, byteLength } = arena.bytes(slot);
  return new Float32Array(buffer, byteOffset, byteLength / Float32Array.BYTES_PER_ELEMENT);
}

function markComputed(
  computedAt: Int32Array,
  { callIndex, chosen }: TokenChoice,
  tokens: number,
): void {
  rowNumbers(chosen, tokens).forEach((row) => (computedAt[row] = callIndex));
}

function isSameSelection(one: TokenSelection, other: TokenSelection): boolean {
  return (
    one.tokens === other.tokens &&
    one.stalenessWeight === other.stalenessWeight &&
    one.grid === other.grid &&
    one.gridBonus === other.gridBonus
  );
}

function impossible({ site }: CachedTokensOptions, reason: string): ForecastError {
  return new ForecastError('failed-precondition', `site ${site}: ${reason}`);
}
