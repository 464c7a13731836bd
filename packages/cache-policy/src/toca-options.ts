import type { RunDescription } from './cache-policy.js';
import {
  choiceOption,
  integerOption,
  numberOption,
  printPolicy,
  type OptionSpec,
  type OptionTable,
} from './policy-options.js';
import { autoOption, type Auto } from './text-option.js';
import type { TokenRule } from './toca-planner.js';
import {
  TOCA_SCHEDULES,
  type TokenSchedule,
  type TokenScheduleName,
  type TokenSchedules,
} from './toca-schedules.js';
import type { TokenScore } from './token-selection.js';

/** Options of the policies that compute chosen tokens between full calls. `auto` is the schedule's own value. */
export interface TokenOptions {
  /** Which released configuration, or `uniform`; default `ddim50`. */
  readonly schedule?: TokenScheduleName;
  /** N: calls from one full call to the next, before `weight` changes it; >= 1. 1 is off. */
  readonly interval?: Auto<number>;
  /** r: mean share of tokens computed between full calls, 0 .. 1. 0 only reuses, evenly spaced as FORA. */
  readonly ratio?: Auto<number>;
  /** Where a token's score comes from. */
  readonly score?: TokenScore;
  /** What N calls without computation add to a token's score, the authors' `soft_fresh_weight`; >= 0, default 0.25. */
  readonly staleness?: number;
  /** Side of a grid cell in tokens; 0 is off. */
  readonly grid?: Auto<number>;
  /** What the best token of a cell gains, as a share of its score; >= 0. */
  readonly bonus?: Auto<number>;
  /** w: how much the interval changes over the run; >= 0 and < 1. */
  readonly weight?: Auto<number>;
  /** Whether the interval is 2 in the sensitive window, where the count down of steps is between 20 and 40 %. */
  readonly window?: Auto<'on' | 'off'>;
  /** Leading calls that are always full; >= 1. */
  readonly warmup?: Auto<number>;
}

/** The table of these options; policies differ in the score they start from. */
export function tokenOptions(defaultScore: TokenScore): OptionTable<Required<TokenOptions>> {
  return Object.freeze({ ...scheduleOptions(), ...selectionOptions(defaultScore) });
}

type SelectionOptions = Pick<TokenOptions, 'score' | 'staleness' | 'grid' | 'bonus'>;

/** The options that say which calls are full and how much the others compute. */
function scheduleOptions(): OptionTable<Required<Omit<TokenOptions, keyof SelectionOptions>>> {
  return {
    schedule: choiceOption<TokenScheduleName>({
      choices: Object.keys(TOCA_SCHEDULES) as TokenScheduleName[],
      defaultValue: 'ddim50',
      lookalikes: { ratio_scheduler: 'its names differ; ToCa-ddim50 is schedule = ddim50' },
      summary: 'The released configuration whose constants are used; uniform has no factors.',
    }),
    interval: scheduled(
      integerOption({
        minimum: 1,
        aliases: ['fresh_threshold', 'cache_interval'],
        summary: 'N: calls from one full call to the next, before weight changes it; 1 is off.',
      }),
    ),
    ratio: scheduled(
      numberOption({
        minimum: 0,
        maximum: 1,
        aliases: ['fresh_ratio'],
        summary: 'Mean share of tokens computed between full calls; 0 only reuses.',
      }),
    ),
    weight: scheduled(
      numberOption({
        minimum: 0,
        below: 1,
        summary: 'How much the interval changes over the run; 0 keeps it.',
      }),
    ),
    window: scheduled(
      choiceOption<'on' | 'off'>({
        choices: ['on', 'off'],
        summary: 'Whether every second call is full in the sensitive window of DiT.',
      }),
    ),
    warmup: scheduled(
      integerOption({
        minimum: 1,
        aliases: ['first_enhance'],
        summary: 'Leading calls that are always full.',
      }),
    ),
  };
}

/** The options that say which tokens are computed. */
function selectionOptions(defaultScore: TokenScore): OptionTable<Required<SelectionOptions>> {
  return {
    score: choiceOption<TokenScore>({
      choices: ['influence', 'value-norm', 'random'],
      defaultValue: defaultScore,
      lookalikes: {
        cache_type: 'its names differ; attention is score = influence, kv-norm is value-norm',
      },
      summary: 'What makes a token worth computing: attention received, value norm, or chance.',
    }),
    staleness: numberOption({
      minimum: 0,
      defaultValue: 0.25,
      aliases: ['soft_fresh_weight'],
      summary: 'What interval calls without computation add to a token’s score.',
    }),
    grid: scheduled(
      integerOption({ minimum: 0, summary: 'Side of a grid cell in tokens; 0 is off.' }),
    ),
    bonus: scheduled(
      numberOption({
        minimum: 0,
        summary: 'What the best token of a grid cell gains, as a share of its score.',
      }),
    ),
  };
}

function scheduled<T>(spec: OptionSpec<T>): OptionSpec<Auto<T>> {
  return autoOption(spec, 'the schedule’s own');
}

/** What a policy decides from: the schedule that its options choose, with their values instead of its own. */
export function tokenRule(
  name: string,
  schedules: TokenSchedules,
  options: Required<TokenOptions>,
): TokenRule {
  const own = schedules[options.schedule];
  const schedule = Object.freeze({
    ...own,
    interval: chosen(options.interval, own.interval),
    ratio: chosen(options.ratio, own.ratio),
    grid: chosen(options.grid, own.grid),
    bonus: chosen(options.bonus, own.bonus),
    weight: chosen(options.weight, own.weight),
    window: chosen(options.window, own.window),
    warmup: chosen(options.warmup, own.warmup),
  });
  return Object.freeze({ name, schedule, score: options.score, staleness: options.staleness });
}

function chosen<T>(given: Auto<T>, own: T): T {
  return given === 'auto' ? own : given;
}

/** `toca(schedule=ddim50, interval=3, ratio=0.07)`: these always, with their numbers; others where they are given. */
export function printTokenPolicy<O extends Required<TokenOptions>>(
  { name, table }: { readonly name: string; readonly table: OptionTable<O> },
  options: Readonly<O>,
  { schedule: { interval, ratio } }: TokenRule,
): string {
  const shown = { ...options, interval, ratio };
  return printPolicy({ name, table }, shown, ['schedule', 'interval', 'ratio']);
}

/** Why every call of a run is full. */
export function explainFullTokens(
  { interval, warmup }: TokenSchedule,
  { calls }: RunDescription,
): string | null {
  if (interval === 1) return 'interval is 1';
  if (warmup >= calls) return `warmup ${warmup} covers the whole run (calls: ${calls})`;
  return null;
}
