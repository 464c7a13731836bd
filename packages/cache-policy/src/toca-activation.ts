import { ramp } from './toca-ramp.js';
import type { TokenSchedule } from './toca-schedules.js';

/** What a call computes in full, and where it stands between full calls. */
export interface Activation {
  /**
   * `first-block`: the first block alone; `all-but-cross-attention`: what is full at every second full call is not.
   * Whatever is not full is computed in part or reused.
   */
  readonly full: 'all' | 'all-but-cross-attention' | 'first-block' | 'none';
  /** Calls since the last full one; 0 in a full call. */
  readonly sinceFull: number;
  /** Calls to the next full one, if the threshold stays as it is; 0 in a full call. */
  readonly untilFull: number;
}

/** The part of a schedule that says which calls are full. */
export type ForceSchedule = Pick<
  TokenSchedule,
  | 'interval'
  | 'ratio'
  | 'counts'
  | 'fullAt'
  | 'warmup'
  | 'crossAttentionPeriod'
  | 'weight'
  | 'window'
>;

/** The schedule's step at a call: DiT's codes count down to 0, the others up from 0. */
export function stepAt(
  { counts }: Pick<TokenSchedule, 'counts'>,
  call: number,
  calls: number,
): number {
  return counts === 'down' ? calls - 1 - call : call;
}

/** The schedule's line over the steps of a run: see `TokenSchedule`. */
export function stepRamp(
  { counts }: Pick<TokenSchedule, 'counts'>,
  weight: number,
  { step, calls }: { readonly step: number; readonly calls: number },
): number {
  return ramp(counts === 'down' ? weight : -weight, step, calls);
}

/**
 * The threshold that a full call at this step sets: round(N / line of w), half to even and in float32 as in torch; 2 in
 * the sensitive window. Without tokens (ratio 0) it is N, as in FORA.
 */
export function thresholdAt(schedule: ForceSchedule, step: number, calls: number): number {
  const { interval, ratio, weight, window } = schedule;
  if (ratio === 0) return interval;
  if (window === 'on' && step >= Math.trunc(calls * 0.2) && step < Math.trunc(calls * 0.4))
    return 2;
  const factor = Math.fround(stepRamp(schedule, weight, { step, calls }));
  return roundHalfEven(Math.fround(interval / factor));
}

/**
 * What each call of a run computes in full. A full call sets the threshold that decides which of the next ones is full.
 *
 * The codes that test for a multiple of the threshold (DiT, PixArt) test it in every block, and the first block sets it
 * already: where the step is a multiple of the old threshold and not of the new one, the first block is full alone.
 * For DiT with N = 3 and 50 steps these are the steps 45 and 32.
 */
export function activationsOf(schedule: ForceSchedule, calls: number): readonly Activation[] {
  const activations: Activation[] = [];
  let threshold = schedule.interval;
  let lastFull = 0;
  for (let call = 0; call < calls; call++) {
    const step = stepAt(schedule, call, calls);
    const isWarmup = call < warmupOf(schedule);
    const isStarted = isWarmup || callsLeft(schedule, { step, threshold, call, lastFull }) === 0;
    if (isStarted) threshold = thresholdAt(schedule, step, calls);
    const isFull = isStarted && (isWarmup || isStillFull(schedule, step, threshold));
    if (isFull) lastFull = call;
    const extent = isWarmup ? 'all' : extentOf(schedule, step, threshold);
    activations.push({
      full: isFull ? extent : isStarted ? 'first-block' : 'none',
      sinceFull: call - lastFull,
      untilFull: isFull ? 0 : callsLeft(schedule, { step, threshold, call, lastFull }),
    });
  }
  return activations;
}

/** Where a run stands: the step and call, the threshold in force, the last full call. */
interface Standing {
  readonly step: number;
  readonly threshold: number;
  readonly call: number;
  readonly lastFull: number;
}

/** Calls to the next full one; 0 when it is due. */
function callsLeft({ fullAt, counts }: ForceSchedule, standing: Standing): number {
  const { step, threshold, call, lastFull } = standing;
  if (fullAt === 'distance') return Math.max(0, threshold - (call - lastFull));
  const remainder = step % threshold;
  return counts === 'down' ? remainder : (threshold - remainder) % threshold;
}

/** Whether the blocks after the first, which see the new threshold, are full as well. */
function isStillFull({ fullAt }: ForceSchedule, step: number, threshold: number): boolean {
  return fullAt === 'distance' || step % threshold === 0;
}

/** Leading full calls: FLUX's code enhances the first ones only where tokens are computed between full calls. */
function warmupOf({ fullAt, ratio, warmup }: ForceSchedule): number {
  return fullAt === 'distance' && ratio === 0 ? 1 : warmup;
}

function extentOf(
  { crossAttentionPeriod }: ForceSchedule,
  step: number,
  threshold: number,
): Activation['full'] {
  const isEveryModule = step % (crossAttentionPeriod * threshold) === 0;
  return crossAttentionPeriod === 1 || isEveryModule ? 'all' : 'all-but-cross-attention';
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const isHalf = value - below === 0.5;
  return isHalf ? below + (below % 2) : Math.round(value);
}
