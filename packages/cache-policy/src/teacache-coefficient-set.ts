/** TeaCache's polynomial for one model and sampling recipe, and how it was published to be used. */
export interface TeaCacheCoefficientSet {
  /**
   * Five numbers a4 .. a0, highest power first: from a relative change of what is measured to that of the network's
   * output. May be negative in places, and is not 0 at 0.
   */
  readonly coefficients: readonly number[];
  /** What is measured: the first block's modulated input, or the conditioning that the modulation is made from. */
  readonly probe: 'modulated-input' | 'conditioning';
  /** Leading calls of a branch that are always full. */
  readonly first: RunShare;
  /** Last calls of a branch that are always full. */
  readonly last: RunShare;
  /** Published thresholds, slowest first. Empty: none is known. */
  readonly thresholds: readonly number[];
  /** Where the numbers come from. */
  readonly source: string;
}

/** Calls at one end of a run: counted, or as a share of it that is rounded up. */
export type RunShare = { readonly calls: number } | { readonly share: number };

/** How many calls of a run that is. */
export function callsOf(span: RunShare, calls: number): number {
  return 'calls' in span ? span.calls : Math.ceil(span.share * calls);
}

/** The threshold of the middle published quality, the slower of two. */
export function suggestedThreshold(set: TeaCacheCoefficientSet): number | undefined {
  return set.thresholds[Math.floor((set.thresholds.length - 1) / 2)];
}
