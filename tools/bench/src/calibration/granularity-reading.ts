import { formatNumber } from '@forecache/evaluation';
import {
  COUNTS,
  GRANULARITIES,
  rowName,
  type ComparedGranularity,
  type GranularityCell,
  type GranularityCost,
  type GranularityRow,
  type WeightsName,
} from './granularity-rows.js';

/** Rows by name, as in the file. */
export type Rows = Readonly<Partial<Record<string, GranularityRow>>>;

/** What the table shows, from its numbers. */
export function readGranularity(rows: Rows): string {
  const lines = GRANULARITIES.flatMap((granularity) => [
    ...(granularity === 'output' ? [] : [besideOutput(rows, granularity)]),
    compared(rows, granularity, {
      weights: 'walk',
      over: 'line',
      what: 'the line on the same schedule',
    }),
    ...(granularity === 'output'
      ? []
      : [
          compared(rows, granularity, {
            weights: 'preset',
            over: 'walk',
            what: 'weights fitted to the features there',
          }),
        ]),
  ]);
  return lines.join('\n');
}

/** The best of a granularity beside the preset at the output. */
function besideOutput(rows: Rows, granularity: ComparedGranularity): string {
  const parts = COUNTS.flatMap((count) => {
    const own = Object.values(rows).filter(
      (row) => row?.count === count && row.granularity === granularity,
    );
    const best = own.reduce<GranularityRow | undefined>(
      (a, b) => (b !== undefined && (a === undefined || b.psnr.mean > a.psnr.mean) ? b : a),
      undefined,
    );
    const output = rows[rowName(PRESET_AT_OUTPUT, count)];
    if (best === undefined || output === undefined) return [];
    return [
      `${signed(best.psnr.mean - output.psnr.mean)} dB at ${count} full calls (${nameOf(best)})`,
    ];
  });
  const isAhead = parts.some((part) => part.startsWith('+'));
  const verdict = parts.length === 0 || isAhead ? '' : ' No gain at any of them.';
  return `- ${granularity}, the best of its rows, over the preset at the output: ${listed(parts)}.${verdict}`;
}

const PRESET_AT_OUTPUT: GranularityCell = {
  granularity: 'output',
  schedule: 'preset',
  weights: 'preset',
};

interface Comparison {
  readonly weights: WeightsName;
  readonly over: WeightsName;
  /** What `over` is called there. */
  readonly what: string;
}

/** Two kinds of weights on the preset's schedule. */
function compared(
  rows: Rows,
  granularity: ComparedGranularity,
  { weights, over, what }: Comparison,
): string {
  const cell = { granularity, schedule: 'preset' } as const;
  const parts = COUNTS.flatMap((count) => {
    const one = rows[rowName({ ...cell, weights }, count)];
    const other = rows[rowName({ ...cell, weights: over }, count)];
    if (one === undefined || other === undefined) return [];
    return [`${signed(one.psnr.mean - other.psnr.mean)} dB at ${count} full calls`];
  });
  return `- ${granularity}, ${WEIGHTS[weights]} over ${what}: ${listed(parts)}.`;
}

/** What weights are called. */
export const WEIGHTS: Readonly<Record<WeightsName, string>> = Object.freeze({
  preset: 'the preset’s own weights',
  walk: 'weights fitted to features on the walk',
  'full runs': 'weights fitted to features of full runs',
  line: 'line through the newest two',
  'order 0': 'TaylorSeer order 0',
  'order 1': 'TaylorSeer order 1',
  'order 2': 'TaylorSeer order 2',
});

/** `weights fitted to features on the walk, even schedule`. */
export function nameOf({ schedule, weights }: GranularityCell): string {
  return `${WEIGHTS[weights]}, ${schedule === 'even' ? 'evenly spaced' : 'the preset’s schedule'}`;
}

/** Full calls that cost as much in matrix products as a run with so many of them. */
export function workOf(
  count: number,
  { fullCallFlops, forecastCallFlops }: GranularityCost,
  calls: number,
): number {
  return count + ((calls - count) * forecastCallFlops) / fullCallFlops;
}

function listed(parts: readonly string[]): string {
  return parts.length === 0 ? 'not measured' : parts.join(', ');
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${formatNumber(Math.abs(value), 1)}`;
}
