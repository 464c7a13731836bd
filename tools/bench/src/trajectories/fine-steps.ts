import type { TrajectoryGram } from '@forecache/core';
import { formatNumber, markdownTable, type Column } from '@forecache/evaluation';
import { derivativeFacts } from './derivative-facts.js';
import { recordGrams, type RecordedRuns, type RecordingTools } from './record-grams.js';

/** How a site's differences behave where a run has more steps. */
export interface FineRun {
  readonly steps: number;
  /** Order 1 to 4: median cosine between neighbours, and size. */
  readonly orders: readonly { readonly cosine: number; readonly size: number }[];
}

const SITE = 'hidden';
const STEPS = [50, 100, 200, 400, 1000] as const;
const ORDERS = [1, 2, 3, 4] as const;
const IMAGES = 2;
/** Calls around t = 1/2 that are looked at, whatever the number of steps. */
const CALLS = 40;

/** What t is multiplied with before the demo model makes sines of it, the fastest of which has frequency 1. */
const TIME_SCALE = 1000;

/** The same noise solved with shorter and shorter steps. */
export async function recordFineSteps(
  runs: RecordedRuns,
  tools: RecordingTools,
): Promise<readonly FineRun[]> {
  const found: FineRun[] = [];
  for (const steps of STEPS) {
    const first = (steps - CALLS) / 2;
    const kept = [first, first + CALLS - 1] as const;
    const sites = await recordGrams({ ...runs, images: IMAGES, steps, kept }, tools);
    const gram = sites.find(({ site }) => site === SITE)?.gram;
    if (gram !== undefined) found.push({ steps, orders: ORDERS.map((k) => fineOrder(gram, k)) });
  }
  return found;
}

function fineOrder(gram: TrajectoryGram, order: number) {
  const { cosine, size } = derivativeFacts(gram, order);
  return { cosine, size };
}

/** What the table shows, and why. */
export function fineSteps(runs: readonly FineRun[]): string {
  const [coarse, fine] = [runs[0], runs.at(-1)];
  const finer = runs.find(({ steps }) => steps === 200);
  const size = (run: FineRun | undefined) => run?.orders[1]?.size ?? NaN;
  const cosine = (run: FineRun | undefined) => formatNumber(run?.orders[1]?.cosine ?? NaN, 2);
  return (
    `Is this noise, or a curve that turns faster than calls follow each other? The same images (${IMAGES}), \`${SITE}\`, ` +
    `${CALLS} calls around t = 1/2, with shorter and shorter steps; a cell is the median cosine between neighbours, and the size. ` +
    'Differences of a smooth curve shrink by 2^k where steps are halved: those of order 2 by 16 from 50 to 200 steps. Here they ' +
    `shrink by ${formatNumber(size(coarse) / size(finer), 1)}. Only where steps are shorter still do neighbours come to point the same way: ` +
    `at order 2 the cosine goes from ${cosine(coarse)} at ${coarse?.steps} steps to ${cosine(fine)} at ${fine?.steps}. So there is a curve, and ` +
    '50 calls are too few to see its derivatives. The reason is likely the timestep embedding: it is made of sines of ' +
    `${TIME_SCALE} t, and at 50 steps the fastest of them turns by ${TIME_SCALE / 50} radians, more than three whole turns, from one call to the ` +
    'next. What it adds to a feature looks like noise from call to call, and a higher order cannot forecast it. Models whose embedding ' +
    'is made alike may show the same; only this one was measured.'
  );
}

/** One row a number of steps. */
export function fineTable(runs: readonly FineRun[]): string {
  const columns: readonly Column<FineRun>[] = [
    { heading: 'steps', isNumber: true, cell: ({ steps }) => String(steps) },
    {
      heading: 'radians a call',
      isNumber: true,
      cell: ({ steps }) => String(TIME_SCALE / steps),
    },
    ...ORDERS.map((order, i) => ({
      heading: `order ${order}`,
      isNumber: true,
      cell: ({ orders }: FineRun) => {
        const { cosine = NaN, size = NaN } = orders[i] ?? {};
        return `${formatNumber(cosine, 2)} (${size.toPrecision(2)})`;
      },
    })),
  ];
  return markdownTable(columns, runs);
}
