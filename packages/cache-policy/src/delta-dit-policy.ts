import { ForecastError, invalidArgument } from '@forecache/core';
import type { CachePolicy, CallContext, Decision } from './cache-policy.js';
import {
  assertBlockRange,
  blockRangeOption,
  siteOf,
  type BlockRange,
} from './delta-block-range.js';
import { createForaPolicy } from './fora-policy.js';
import { requireNetwork, type NetworkShape } from './network-shape.js';
import type { PolicyDefinition } from './policy-definition.js';
import {
  choiceOption,
  compileOptions,
  integerOption,
  printPolicy,
  type OptionTable,
} from './policy-options.js';
import { createStatelessPolicy, FULL, PLAIN_SETUP } from './stateless-policy.js';
import { autoOption, type Auto } from './text-option.js';

/** Options of `delta-dit`. */
export interface DeltaDitOptions {
  /** N: a full call every N; >= 1, default 3. 1 is off. */
  readonly interval?: number;
  /** Default `dit`: the rear blocks are skipped first, then the front ones. `flux` skips all single blocks throughout. */
  readonly schedule?: 'dit' | 'flux';
  /** b: calls before the switch from `early` to `late`; >= 0, default half of the run's. */
  readonly boundary?: Auto<number>;
  /** Blocks to skip at either end of the network; >= 1, default half of them. */
  readonly skip?: Auto<number>;
  /** Blocks skipped before the boundary: `14-27`. */
  readonly early?: Auto<string>;
  /** Blocks skipped from the boundary on: `0-13`. */
  readonly late?: Auto<string>;
}

type Compiled = Readonly<Required<DeltaDitOptions>>;

const NAME = 'delta-dit';

const OPTIONS: OptionTable<Required<DeltaDitOptions>> = Object.freeze({
  interval: integerOption({
    minimum: 1,
    defaultValue: 3,
    aliases: ['cache_interval', 'fresh_threshold'],
    summary: 'N: a full call every N; 1 is off.',
  }),
  schedule: choiceOption<'dit' | 'flux'>({
    choices: ['dit', 'flux'],
    defaultValue: 'dit',
    summary: 'Rear blocks skipped first, then front ones; or all single blocks throughout.',
  }),
  boundary: autoOption(
    integerOption({ minimum: 0, summary: 'Calls before the switch from early to late.' }),
    'half of the calls',
  ),
  skip: autoOption(
    integerOption({
      minimum: 1,
      aliases: ['skip_blocks'],
      summary: 'Blocks skipped at either end of the network.',
    }),
    'half of the blocks',
  ),
  early: autoOption(blockRangeOption('Blocks skipped before the boundary.'), 'the rear blocks'),
  late: autoOption(blockRangeOption('Blocks skipped from the boundary on.'), 'the front blocks'),
});

/**
 * Skips a range of blocks between full calls and adds what it last added to the current hidden state. Source: Δ-DiT (arXiv
 * 2406.01125), which caches the rear blocks while outlines form and the front ones while details do; the DiT setting of
 * TaylorSeer's supplement 6.1 (50 steps: blocks 14 to 27 in steps 49 to 25, blocks 0 to 13 after) with FORA's full calls,
 * and the FLUX setting of its released code (all 38 single blocks, a full call every N from call 0), without that code's
 * slip of running a ToCa call at every second position.
 *
 * A range that is not skipped in a call is stored again, so after the boundary the newest residual is one call old.
 */
export function createDeltaDitPolicy(options: DeltaDitOptions = {}): CachePolicy {
  const compiled = compileOptions(OPTIONS, options);
  assertOneWay(compiled);
  const isOff = compiled.interval === 1;
  const isFull = fullCalls(compiled);
  return createStatelessPolicy({
    name: NAME,
    label: printPolicy({ name: NAME, table: OPTIONS }, compiled, ['interval', 'schedule']),
    historySize: isOff ? 0 : 1,
    granularities: ['residual'],
    setup: (run) => {
      if (isOff) return PLAIN_SETUP;
      const { early, late } = rangesOf(compiled, requireNetwork(run, NAME));
      return { ...PLAIN_SETUP, sites: [...new Set([siteOf(early), siteOf(late)])] };
    },
    decide: (context) => (isOff || isFull(context) ? FULL : skipRange(context, compiled)),
    explainFull: () => (isOff ? 'interval is 1' : null),
  });
}

export const DELTA_DIT_DEFINITION: PolicyDefinition<Required<DeltaDitOptions>> = Object.freeze({
  name: NAME,
  summary: 'Skips a range of blocks between full calls and adds what it last added.',
  table: OPTIONS,
  create: createDeltaDitPolicy,
});

function fullCalls({ interval, schedule }: Compiled): (context: CallContext) => boolean {
  if (schedule === 'flux') return ({ callIndex }) => callIndex % interval === 0;
  const fora = createForaPolicy({ interval });
  return (context) => fora.decide(context).kind === 'full';
}

function skipRange({ run, callIndex }: CallContext, options: Compiled): Decision {
  const { early, late } = rangesOf(options, requireNetwork(run, NAME));
  const boundary = options.boundary === 'auto' ? Math.floor(run.calls / 2) : options.boundary;
  const site = siteOf(callIndex < boundary ? early : late);
  return { kind: 'by-site', sites: [{ site, decision: { kind: 'reuse' } }] };
}

interface SkippedRanges {
  readonly early: BlockRange;
  readonly late: BlockRange;
}

function rangesOf(options: Compiled, network: NetworkShape): SkippedRanges {
  const own = scheduledRanges(options, network);
  const given = (name: 'early' | 'late') =>
    options[name] === 'auto' ? own[name] : assertBlockRange(name, options[name], network);
  return { early: given('early'), late: given('late') };
}

/** The ranges of the schedule: the rear blocks, then the front ones; for FLUX the single blocks, or the rear ones, always. */
function scheduledRanges({ schedule, skip }: Compiled, network: NetworkShape): SkippedRanges {
  const { blocks } = network;
  if (skip !== 'auto' && skip > blocks) {
    throw invalidArgument('skip', `an integer between 1 and ${blocks}, the blocks there are`, skip);
  }
  const count = skip === 'auto' ? Math.max(1, Math.floor(blocks / 2)) : skip;
  const rear = { first: blocks - count, last: blocks - 1 };
  if (schedule === 'dit') return { early: rear, late: { first: 0, last: count - 1 } };
  const always = skip === 'auto' ? singleBlocks(network) : rear;
  return { early: always, late: always };
}

function singleBlocks({ sites }: NetworkShape): BlockRange {
  const singles = sites.filter(({ kind }) => kind === 'single').map(({ block }) => block);
  if (singles.length > 0) return { first: Math.min(...singles), last: Math.max(...singles) };
  throw invalidArgument('schedule', 'dit for a network without single blocks', 'flux');
}

function assertOneWay({ skip, early, late }: Compiled): void {
  if (skip === 'auto') return;
  const named = early === 'auto' ? (late === 'auto' ? null : 'late') : 'early';
  if (named === null) return;
  const message = `skip and ${named} both say which blocks are skipped: give one of them`;
  throw new ForecastError('invalid-argument', message);
}
