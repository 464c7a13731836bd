import { invalidArgument } from '@forecache/core';
import { residualSite, type NetworkShape } from './network-shape.js';
import type { OptionSpec } from './policy-options.js';
import { textOption } from './text-option.js';

/** Blocks `first` to `last`, both included. */
export interface BlockRange {
  readonly first: number;
  readonly last: number;
}

/** The site of what a range of blocks adds. */
export function siteOf({ first, last }: BlockRange): string {
  return residualSite(first, last);
}

/** A range of blocks as text: `14-27`. */
export function blockRangeOption(summary: string): OptionSpec<string> {
  const rule = 'blocks first-last with first <= last, such as 14-27';
  return textOption({ summary, rule, matches: (text) => readBlockRange(text) !== null });
}

/** The range that an option names. Throws unless the network has these blocks. */
export function assertBlockRange(
  option: string,
  text: string,
  { blocks }: NetworkShape,
): BlockRange {
  const range = readBlockRange(text);
  if (range !== null && range.last < blocks) return range;
  throw invalidArgument(option, `a range of blocks between 0 and ${blocks - 1}`, text);
}

function readBlockRange(text: string): BlockRange | null {
  const [, first, last] = /^(\d{1,6})-(\d{1,6})$/.exec(text) ?? [];
  if (first === undefined || last === undefined || Number(first) > Number(last)) return null;
  return { first: Number(first), last: Number(last) };
}
