import { parseNumber } from './policy-options.js';

/** AdaCache's table from change to pace: gaps between full calls by the change per call that led up to one. */
export interface Codebook {
  /** Rising by `below`: the gap is that of the first entry whose `below` is above the change, else the last one's. */
  readonly entries: readonly CodebookEntry[];
  /** Calls of the run that the authors made it for. */
  readonly calls: number;
  /** First and last call, counted from 1, at which motion counts in such a run. */
  readonly motionWindow: readonly [first: number, last: number];
}

interface CodebookEntry {
  readonly below: number;
  readonly gap: number;
}

/** The released ones, and the paper's print of `slow-30` (A.1), which paces the same. Source: `stdit3.py`, its configs. */
export const CODEBOOKS: Readonly<Record<string, Codebook>> = Object.freeze({
  'fast-100': codebook('0.03:12,0.05:10,0.07:8,0.09:6,0.11:4,1:3', 100, [10, 90]),
  'fast-30': codebook('0.08:6,0.16:5,0.24:4,0.32:3,0.4:2,1:1', 30, [4, 26]),
  'slow-30': codebook('0.08:3,0.16:2,0.24:1,0.32:1,0.4:1,1:1', 30, [4, 26]),
  'slow-30-paper': codebook('0.08:3,0.16:2,1:1', 30, [4, 26]),
});

/** A codebook by name, or one like "0.03:12,0.05:10,1:3"; undefined where the text is neither. */
export function codebookOf(text: string): Codebook | undefined {
  if (Object.hasOwn(CODEBOOKS, text)) return CODEBOOKS[text];
  const entries = parseEntries(text);
  return entries === undefined ? undefined : { entries, calls: 100, motionWindow: [10, 90] };
}

/** Calls to the next full one, itself included: 1 skips none. Not a number is the last gap. */
export function gapAfter({ entries }: Codebook, changePerCall: number): number {
  const entry = entries.find(({ below }) => changePerCall < below) ?? entries.at(-1);
  return entry?.gap ?? 1;
}

/** Whether motion counts at a call of a run, the window scaled to its length. */
export function isInMotionWindow(book: Codebook, callIndex: number, calls: number): boolean {
  const [first, last] = book.motionWindow;
  const position = ((callIndex + 1) * book.calls) / calls;
  return position >= first && position <= last;
}

function codebook(text: string, calls: number, motionWindow: readonly [number, number]): Codebook {
  return Object.freeze({ entries: parseEntries(text) ?? [], calls, motionWindow });
}

function parseEntries(text: string): readonly CodebookEntry[] | undefined {
  const entries: CodebookEntry[] = [];
  for (const part of text.split(/, ?/)) {
    const [belowText = '', gapText = '', ...rest] = part.split(':');
    const below = parseNumber(belowText);
    const gap = parseNumber(gapText);
    const isRising = below !== undefined && below > (entries.at(-1)?.below ?? 0);
    if (!isRising || !Number.isSafeInteger(gap) || gap === undefined || gap < 1) return undefined;
    if (rest.length > 0 || !Number.isFinite(below)) return undefined;
    entries.push({ below, gap });
  }
  return Object.freeze(entries);
}
