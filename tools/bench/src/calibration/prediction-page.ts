import { formatNumber, markdownTable, type Column } from '@forecache/evaluation';
import { median } from '../trajectories/median.js';
import type { PredictedDrift } from './prediction-drift.js';
import { rankCorrelation } from './prediction-rank-correlation.js';
import {
  DRAWS,
  FARTHEST,
  PREDICTION_IMAGES,
  PREDICTION_OPTIONS,
  predictionName,
  SCHEDULES,
  type PredictionRow,
} from './prediction-record.js';

type Predictions = Readonly<Partial<Record<string, PredictionRow>>>;
type Estimate = keyof PredictedDrift | 'both';
type Weights = keyof PredictionRow['realised'];

const ESTIMATES: Readonly<Record<Estimate, string>> = {
  gaps: 'gaps added up (the search)',
  gapsGrown: 'gaps added up, with growth',
  whole: 'one combination',
  wholeGrown: 'one combination, with growth',
  both: 'first and fourth together',
};

const WEIGHTS: Readonly<Record<Weights, string>> = {
  openLoop: 'fitted to full runs',
  onWalk: 'fitted on the walk',
};

/** What a search wants of an estimate. */
const WANTED = 0.95;

/** One group of schedules under one kind of weights. */
interface Comparison {
  readonly group: (typeof DRAWS)[number];
  readonly weights: Weights;
  readonly rows: readonly PredictionRow[];
  /** ‖x*‖ over how far all outputs move the sample: errors are realised relative to the one, and expected of the other. */
  readonly sampleOverMove: number;
}

/** How well estimates order schedules. */
export function predictionSection(
  predictions: Predictions,
  { sampleOverMove }: Pick<Comparison, 'sampleOverMove'>,
): string {
  const comparisons = DRAWS.flatMap((group) => {
    const names = Array.from({ length: SCHEDULES }, (_, i) => predictionName(group, i));
    const rows = names.flatMap((name) => predictions[name] ?? []);
    const kinds = Object.keys(WEIGHTS) as Weights[];
    return kinds.map((weights) => ({ group, weights, rows, sampleOverMove }));
  });
  return [
    HOW,
    table(comparisons, correlationOf, 2),
    reading(comparisons),
    'Median of realised over expected error of the final sample (1: the size is right as well):',
    table(comparisons, ratioOf, 2),
  ].join('\n\n');
}

const HOW =
  `${SCHEDULES} schedules a group: drawn at random among all with so many full calls, the first at call 0, or near the found one, each full ` +
  `call moved by up to ${FARTHEST} calls. What the inner products of full runs expect of each, and the relative error of the final samples when it ` +
  `is walked, on the same ${PREDICTION_IMAGES.images} images (seeds from ${PREDICTION_IMAGES.seed}), so that only the estimate is tested and not the ` +
  `transfer to other images. History ${PREDICTION_OPTIONS.history}, ridge ${PREDICTION_OPTIONS.ridge}. Gaps added up: what schedules are ` +
  'searched by, each gap with free weights of its own. One combination: the weights of the fit, errors of one gap seen to cancel ' +
  'those of another. Growth: measured on one walk of the found schedule. Spearman’s rank correlation of expected and realised:';

function table(
  comparisons: readonly Comparison[],
  value: (comparison: Comparison, estimate: Estimate) => number,
  digits: number,
): string {
  const columns: Column<Comparison>[] = [
    { heading: 'schedules', isNumber: false, cell: ({ group }) => `${group.count}, ${group.draw}` },
    { heading: 'weights', isNumber: false, cell: ({ weights }) => WEIGHTS[weights] },
    ...(Object.keys(ESTIMATES) as Estimate[]).map((estimate) => ({
      heading: ESTIMATES[estimate],
      isNumber: true,
      cell: (comparison: Comparison) => formatNumber(value(comparison, estimate), digits),
    })),
  ];
  return markdownTable(columns, comparisons);
}

function correlationOf({ rows, weights }: Comparison, estimate: Estimate): number {
  const expected = rows.map(({ predicted }) => expectedBy(estimate, predicted));
  const realised = rows.map((row) => row.realised[weights]);
  return rankCorrelation(expected, realised);
}

/** `both` is the root of the sum of squares. */
function expectedBy(estimate: Estimate, predicted: PredictedDrift): number {
  if (estimate !== 'both') return predicted[estimate];
  return Math.hypot(predicted.gaps, predicted.wholeGrown);
}

function ratioOf({ rows, weights, sampleOverMove }: Comparison, estimate: Estimate): number {
  const ratios = rows.map(
    ({ realised, predicted }) => realised[weights] / expectedBy(estimate, predicted),
  );
  return median(ratios) * sampleOverMove;
}

function reading(comparisons: readonly Comparison[]): string {
  const all = comparisons.flatMap((comparison) =>
    (Object.keys(ESTIMATES) as Estimate[]).map((estimate) => ({
      comparison,
      estimate,
      value: correlationOf(comparison, estimate),
    })),
  );
  const reached = all.filter(({ value }) => value >= WANTED).length;
  const means = (Object.keys(ESTIMATES) as Estimate[]).map((estimate) => {
    const values = all
      .filter((entry) => entry.estimate === estimate && entry.comparison.group.draw === 'any')
      .map(({ value }) => value);
    return { estimate, mean: values.reduce((sum, value) => sum + value, 0) / values.length };
  });
  const best = means.reduce((a, b) => (b.mean > a.mean ? b : a));
  const near = all.filter(({ comparison }) => comparison.group.draw !== 'any');
  const nearest = Math.max(...near.map(({ value }) => value));
  const single = means.filter(({ estimate }) => estimate !== 'both');
  const bestSingle = single.reduce((a, b) => (b.mean > a.mean ? b : a));
  return [
    `- ${reached} of the ${all.length} correlations reach ${WANTED}, which was the aim. The two realised errors of a schedule, by weights fitted ` +
      `to full runs and on the walk, order schedules alike with ${ceilings(comparisons)} only: what a schedule is worth depends on its weights too, and no ` +
      'estimate that knows the schedule alone can do much better than that.',
    `- Among schedules drawn at random the best single estimate is “${ESTIMATES[bestSingle.estimate]}”, ${formatNumber(bestSingle.mean, 2)} on ` +
      `average. The best of all is “${ESTIMATES[best.estimate]}”, ${formatNumber(best.mean, 2)}: the root of the sum of squares of the first and ` +
      'the fourth. It was put together after the others had been seen, and nothing searches by it.',
    `- Near the found schedule no estimate has more than ${formatNumber(nearest, 2)}. They tell good schedules from bad ones, not the best from the ` +
      `good, which is why \`forecache optimize\` walks many schedules and lets left-out images choose.`,
    '- “One combination” is the smallest of the estimates and the furthest from what happens: errors of one gap cancel those of another only as long as the ' +
      'network is not seen to react to them.',
    '- That a single forecast is off by what the Gram matrix says is no estimate: at `hidden` and at `output`, by TaylorSeer of order 2 and by fitted ' +
      'weights, both agree to 1e-6 of the error (`prediction-algebra.spec.ts`, on the ONNX host with the kernel of core).',
  ].join('\n');
}

/** Least and largest rank correlation between the two realised errors of a group. */
function ceilings(comparisons: readonly Comparison[]): string {
  const values = comparisons.map(({ rows }) =>
    rankCorrelation(
      rows.map(({ realised }) => realised.openLoop),
      rows.map(({ realised }) => realised.onWalk),
    ),
  );
  return `${formatNumber(Math.min(...values), 2)} to ${formatNumber(Math.max(...values), 2)}`;
}
