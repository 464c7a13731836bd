import { invalidArgument } from '@forecache/core';
import {
  CODEBOOKS,
  codebookOf,
  gapAfter,
  isInMotionWindow,
  type Codebook,
} from './adacache-codebooks.js';
import { motionFactor, NO_MOTION, type MotionRule } from './adacache-motion.js';
import type { CachePolicy, CallContext, CallResult, RunDescription } from './cache-policy.js';
import { requireNetwork } from './network-shape.js';
import type { PolicyDefinition } from './policy-definition.js';
import {
  choiceOption,
  compileOptions,
  integerOption,
  printPolicy,
  type OptionTable,
} from './policy-options.js';
import { probe } from './probe.js';
import { createStatefulPolicy } from './stateful-policy.js';
import { anyGranularity, FULL, measuringSetup, REUSE } from './stateless-policy.js';
import { autoOption, textOption, type Auto } from './text-option.js';

/** Options of `adacache`. */
export interface AdaCacheOptions {
  /** A released codebook by name, or one like "0.03:12,0.05:10,1:3". Default `fast-100`. */
  readonly codebook?: string;
  /** Module whose change sets the pace. Default: the attention of the middle block, 13 of 28 as in the code. */
  readonly site?: Auto<string>;
  /** Motion regularisation: `off` (default), as in the `code`, or as in the `paper`. */
  readonly motion?: 'off' | MotionRule;
  /** Tokens of a frame of that module, >= 1; needed with motion. Default 0: no frames. */
  readonly frame?: number;
}

/** When the next full call is due, and the motion at the last one. */
interface Pace {
  readonly due: number;
  readonly motion: number;
}

const NAME = 'adacache';

const OPTIONS: OptionTable<Required<AdaCacheOptions>> = Object.freeze({
  codebook: textOption({
    rule: `"change:gap,..." with rising changes > 0 and gaps >= 1, or one of ${Object.keys(CODEBOOKS).join(', ')}`,
    matches: (text) => codebookOf(text) !== undefined,
    defaultValue: 'fast-100',
    summary: 'Gap to the next full call by the change per call before it; 1:1 is off.',
  }),
  site: autoOption(
    textOption({
      rule: 'a module of the network',
      matches: (text) => /^[\w.-]+$/.test(text),
      summary: 'Module whose change sets the pace.',
    }),
    'the attention of the middle block',
  ),
  motion: choiceOption({
    choices: ['off', 'code', 'paper'],
    defaultValue: 'off',
    aliases: ['moreg'],
    summary: 'Whether motion between frames shortens gaps, and by which of the authors’ rules.',
  }),
  frame: integerOption({
    minimum: 0,
    defaultValue: 0,
    aliases: ['frame_tokens'],
    summary: 'Tokens of a frame; needed with motion.',
  }),
});

/**
 * Sets the gap to the next full call by how much one module changed, per call, up to this one. Source: AdaCache,
 * arXiv 2411.02397, and its released code: normalised L1 distance divided by the gap, looked up in a codebook. The first
 * and the last two calls are always full. The paper's formula leaves out the norm; its codebooks are those of the code.
 *
 * The authors reuse every block's gated residual at one pace for all, which is to reuse what the whole stack adds.
 */
export function createAdaCachePolicy(options: AdaCacheOptions = {}): CachePolicy {
  const compiled = compileOptions(OPTIONS, options);
  assertFrames(compiled);
  const book = codebookOf(compiled.codebook);
  if (book === undefined) {
    throw invalidArgument('codebook', OPTIONS.codebook.rule, compiled.codebook);
  }
  const isOff = book.entries.every(({ gap }) => gap === 1);
  return createStatefulPolicy<Pace>({
    name: NAME,
    label: printPolicy({ name: NAME, table: OPTIONS }, compiled, ['codebook']),
    historySize: 1,
    granularities: anyGranularity('residual'),
    setup: (run) => setupFor(run, compiled),
    explainFull: ({ calls }) => explainFull(calls, isOff),
    initial: { due: 0, motion: NO_MOTION },
    decide: ({ due }, { callIndex, run }) =>
      callIndex >= due || callIndex >= run.calls - LAST_CALLS ? FULL : REUSE,
    advance: (pace, context, result) =>
      result.kind === 'full'
        ? setPace(pace, { context, result, book, rule: compiled.motion })
        : pace,
  });
}

export const ADACACHE_DEFINITION: PolicyDefinition<Required<AdaCacheOptions>> = Object.freeze({
  name: NAME,
  summary: 'Sets the gap to the next full call by how much one module changed.',
  table: OPTIONS,
  create: createAdaCachePolicy,
});

/** Full at the end of every run. */
const LAST_CALLS = 2;

interface FullCall {
  readonly context: CallContext;
  readonly result: CallResult;
  readonly book: Codebook;
  readonly rule: Required<AdaCacheOptions>['motion'];
}

/** A call without a measurement, such as the first, is followed by a full one. */
function setPace(pace: Pace, { context, result, book, rule }: FullCall): Pace {
  const { callIndex, fullCalls, run } = context;
  const gap = callIndex - (fullCalls.at(-1) ?? NaN);
  const changePerCall = (result.scalars['feature-change'] ?? NaN) / gap;
  if (!Number.isFinite(changePerCall)) return { ...pace, due: callIndex + 1 };
  if (rule === 'off') return { ...pace, due: callIndex + gapAfter(book, changePerCall) };
  const measured = result.scalars['feature-motion'] ?? NaN;
  const score = isInMotionWindow(book, callIndex, run.calls) ? measured : null;
  const { factor, motion } = motionFactor(rule, { score, before: pace.motion, gap });
  if (!Number.isFinite(factor)) return { ...pace, due: callIndex + 1 };
  return { due: callIndex + gapAfter(book, changePerCall * factor), motion };
}

function setupFor(run: RunDescription, options: Required<AdaCacheOptions>) {
  const { motion, frame } = options;
  const site = options.site === 'auto' ? middleAttention(run) : knownSite(run, options.site);
  const change = probe('feature-change', { site });
  if (motion === 'off') return measuringSetup(change);
  assertWholeFrames(run, site, frame);
  return measuringSetup(change, probe('feature-motion', { site, count: frame }));
}

/** The attention of block 13 of 28, or whatever module comes first in a block that has none. */
function middleAttention(run: RunDescription): string {
  const { blocks, sites } = requireNetwork(run, `${NAME} without a site`);
  const middle = sites.filter(({ block }) => block === Math.floor((blocks - 1) / 2));
  const found = middle.find(({ kind }) => kind === 'attention') ?? middle[0];
  if (found !== undefined) return found.name;
  throw invalidArgument('site', 'given for a network without a module in its middle block', 'auto');
}

function knownSite({ network }: RunDescription, site: string): string {
  if (network === undefined || network.sites.some(({ name }) => name === site)) return site;
  throw invalidArgument('site', 'a module of the network', site);
}

/** Motion is between frames: there are at least two, of the same size. */
function assertWholeFrames({ network }: RunDescription, site: string, frame: number): void {
  const tokens = network?.sites.find(({ name }) => name === site)?.tokens;
  if (tokens === undefined || (frame < tokens && tokens % frame === 0)) return;
  throw invalidArgument(
    'frame',
    `a divisor of the ${tokens} tokens of ${site}, less than them`,
    frame,
  );
}

function assertFrames({ motion, frame }: Required<AdaCacheOptions>): void {
  if (motion === 'off' && frame > 0) {
    throw invalidArgument('motion', `code or paper, as frame is ${frame}`, motion);
  }
  if (motion !== 'off' && frame === 0) {
    throw invalidArgument('frame', `at least 1, as motion is ${motion}`, frame);
  }
}

function explainFull(calls: number, isOff: boolean): string | null {
  if (isOff) return 'every gap of the codebook is 1';
  // Call 0 has nothing to compare with, so call 1 is full as well.
  const always = 2 + LAST_CALLS;
  return calls > always ? null : `the first 2 and last 2 calls are always full (calls: ${calls})`;
}
