import type { CallWeights, Granularity } from '@forecache/cache-policy';
import type { FittedTo } from './granularity-fit.js';
import type { MeasuredRow } from './front-record.js';

/** Full calls of 50 that are measured, in the order of work. */
export const COUNTS: readonly number[] = Object.freeze([12, 18, 9]);

/** Where forecasts are made, from the network's end inwards. */
export const GRANULARITIES = Object.freeze(['output', 'hidden', 'module'] as const);

/** One of the places that are compared. */
export type ComparedGranularity = Extract<Granularity, (typeof GRANULARITIES)[number]>;

/** Which calls are full: the shipped preset's, or evenly spaced ones. */
export type ScheduleName = 'preset' | 'even';

/** Where weights come from: `preset` are those fitted to the sample at the output, `line` passes through the newest two. */
export type WeightsName = 'preset' | 'line' | FittedTo | 'order 0' | 'order 1' | 'order 2';

/** One row of the page. */
export interface GranularityCell {
  readonly granularity: ComparedGranularity;
  readonly schedule: ScheduleName;
  readonly weights: WeightsName;
}

/** A measured row. */
export interface GranularityRow extends GranularityCell {
  readonly count: number;
  /** Over images, in dB. */
  readonly psnr: MeasuredRow['psnr'];
  readonly relativeError: number;
}

/** Fitted weights and the freedom that was chosen for them. */
export interface GranularityFit {
  readonly fullCalls: readonly number[];
  readonly history: number;
  readonly ridge: number;
  /** Of left-out images of the calibration, in dB, by `history, ridge`. */
  readonly tried: Readonly<Record<string, number>>;
  readonly weights: readonly CallWeights[];
}

/** What a call of two samples costs in matrix products, and what is stored for it. */
export interface GranularityCost {
  readonly fullCallFlops: number;
  readonly forecastCallFlops: number;
  /** Of the features of one call. */
  readonly numbers: number;
}

/** What is measured at every number of full calls, in the order of work. */
export const CELLS: readonly GranularityCell[] = Object.freeze([
  { granularity: 'output', schedule: 'preset', weights: 'preset' },
  { granularity: 'output', schedule: 'preset', weights: 'walk' },
  { granularity: 'output', schedule: 'preset', weights: 'line' },
  ...taylorSeer('output'),
  ...inside('hidden'),
  ...inside('module'),
] as const);

function inside(granularity: 'hidden' | 'module'): GranularityCell[] {
  const onPreset = (['walk', 'full runs', 'line', 'preset'] as const).map((weights) => ({
    granularity,
    schedule: 'preset' as const,
    weights,
  }));
  return [
    ...onPreset,
    { granularity, schedule: 'even', weights: 'walk' },
    ...taylorSeer(granularity),
  ];
}

function taylorSeer(granularity: ComparedGranularity): GranularityCell[] {
  return (['order 0', 'order 1', 'order 2'] as const).map((weights) => ({
    granularity,
    schedule: 'even',
    weights,
  }));
}

/** What a row is called in the file. */
export function rowName(
  { granularity, schedule, weights }: GranularityCell,
  count: number,
): string {
  return [count, granularity, schedule, weights].join(' | ');
}
