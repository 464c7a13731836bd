import type { LocalTensor } from '../../tensor/tensor.js';
import type { SiteSpan } from './resolved-plan.js';
import { copyOf, difference } from './tensor-difference.js';

/** A range of blocks whose residual somebody wants. */
export interface WatchedRange extends SiteSpan {
  readonly site: string;
}

/** Composes residuals while the walk passes through the blocks. */
export interface WatchedRanges {
  /**
   * To be called before the branch with this number, and once behind the last one, with the hidden state there. A range
   * whose start or end the walk jumps over is not computed, so it is not told.
   */
  visit(branch: number, hidden: LocalTensor): Promise<void>;
}

/** Tells what each of these ranges adds as soon as the walk reaches its end. */
export function watchRanges(
  ranges: readonly WatchedRange[],
  tell: (site: string, residual: LocalTensor) => Promise<void>,
): WatchedRanges {
  const entered = new Map<WatchedRange, LocalTensor>();
  return {
    async visit(branch, hidden) {
      for (const range of ranges) {
        const before = entered.get(range);
        if (range.start === branch) entered.set(range, copyOf(hidden));
        if (range.end !== branch || before === undefined) continue;
        entered.delete(range);
        await tell(range.site, difference(hidden, before));
      }
    },
  };
}
