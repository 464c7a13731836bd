import { formatNumber, formatPercent, markdownTable, type Column } from '@forecache/evaluation';
import { measuredOn, type Measured } from '../report.js';
import { derivativeFacts, noiseCosine, type DerivativeFacts } from './derivative-facts.js';
import { gapErrors, INTERVALS, newestCalls, ORDERS, type GapError } from './gap-errors.js';
import { bestOrders, EQUAL_WITHIN, orderErrors, type BestOrder } from './order-errors.js';
import type { RecordedRuns, SiteGram } from './record-grams.js';
import { readingOf } from './reading.js';
import { fineSteps, fineTable, type FineRun } from './fine-steps.js';

/** What a page is made of. */
export interface TrajectoryPage {
  readonly runs: RecordedRuns;
  readonly sites: readonly SiteGram[];
  /** The same with shorter and shorter steps. */
  readonly fine: readonly FineRun[];
  readonly measured: Measured;
}

/** The site, forecaster and interval of the one figure of errors. */
export const SHOWN_ERRORS = { site: 'hidden', forecaster: 'official', interval: 5 } as const;

/** File name of the figure of errors, without its ending. */
export const ERROR_FIGURE = 'trajectories-error-by-call';

/** File name of a site's figure, without its ending. */
export function figureName(site: string): string {
  return `trajectories-${site.replaceAll('.', '-')}`;
}

/** The page of the record: figures, what they show, and the paper's bounds beside true errors. */
export function renderTrajectories({ runs, sites, fine, measured }: TrajectoryPage): string {
  const facts = sites.map(({ site, gram }) => ({
    site,
    orders: ORDERS.map((order) => derivativeFacts(gram, order)),
  }));
  const errors = sites.map(({ site, gram }) => ({ site, gaps: gapErrors(gram) }));
  return [
    '# Trajectories of features and of their derivatives',
    'Written by `npm run bench:trajectories`; do not edit.',
    whatWasRecorded(runs),
    measuredOn(measured),
    '## Figures',
    FIGURES,
    ...sites.map(({ site }) => `![${site}](${figureName(site)}.svg)`),
    '## Explained variance',
    VARIANCE,
    factTable(facts),
    '## The paper’s description, and what is seen here',
    readingOf({ facts, errors }),
    '### Shorter steps',
    fineSteps(fine),
    fineTable(fine),
    '## Error bounds',
    boundText(sites),
    ...errors.flatMap(({ site, gaps }) => [`### ${site}`, gapTable(gaps)]),
    '## How often a bound is exceeded',
    exceededTable(errors),
    '## Which order is best, along the run',
    BEST,
    `![relative error of ${SHOWN_ERRORS.site} by call and order](${ERROR_FIGURE}.svg)`,
    bestTable(sites),
    '## Again',
    AGAIN,
  ]
    .join('\n\n')
    .concat('\n');
}

/** Facts of one site, order by order. */
export interface SiteFacts {
  readonly site: string;
  readonly orders: readonly DerivativeFacts[];
}

/** Errors of one site. */
export interface SiteErrors {
  readonly site: string;
  readonly gaps: readonly GapError[];
}

function whatWasRecorded({ images, seed, steps, guidance }: RecordedRuns): string {
  return (
    `Recorded: ${images} images of the demo model by full compute, seeds ${seed} to ${seed + images - 1}, the classes in turn, ` +
    `${steps} even Euler steps, guidance ${guidance}. A feature is that of all images, with and without their class, put end to end, so a ` +
    'trajectory is one curve and not an average of several. Everything below comes from the inner products between the ' +
    `${steps} calls of a site; no feature is kept.`
  );
}

const FIGURES =
  'One panel an order: order 0 is the features, order k their k-th backward differences over one call. Every panel has ' +
  'its own plane, that of its own first two principal components, and its own scale; both axes of a panel have the same ' +
  'scale. The last panel shows the features’ plane again, with what one full call in five would forecast from true ' +
  'features: a line leads from the true feature to the forecast, by reuse (order 0) and by order 2. Below, orders 1 to 3 ' +
  'without the first and the last fifth of the run.';

const VARIANCE =
  'PC1 and PC2: part of the variance along the first two components. Components: how many hold 95 %. Size: root mean ' +
  'square of the differences over that of the features. Cosine: median between the differences of neighbouring calls, ' +
  'over the run and over its first and last fifth. Noise: the cosine that differences of this order have where ' +
  'features are independent of each other from call to call, -k / (k + 1).';

function factTable(facts: readonly SiteFacts[]): string {
  const rows = facts.flatMap(({ site, orders }) => orders.map((order) => ({ site, ...order })));
  type Row = (typeof rows)[number];
  const number = (heading: string, cell: (row: Row) => string) => ({
    heading,
    isNumber: true,
    cell,
  });
  const columns: readonly Column<Row>[] = [
    { heading: 'site', isNumber: false, cell: ({ site }) => site },
    number('order', ({ order }) => String(order)),
    number('PC1', ({ shares }) => formatPercent(shares[0], 1)),
    number('PC2', ({ shares }) => formatPercent(shares[1], 1)),
    number('components', ({ components }) => String(components)),
    number('size', ({ size }) => size.toPrecision(2)),
    number('cosine', ({ cosine }) => formatNumber(cosine, 2)),
    number('first fifth', ({ cosineFirst }) => formatNumber(cosineFirst, 2)),
    number('last fifth', ({ cosineLast }) => formatNumber(cosineLast, 2)),
    number('noise', ({ order }) => formatNumber(noiseCosine(order), 2)),
  ];
  return markdownTable(columns, rows);
}

function boundText([first]: readonly SiteGram[]): string {
  const calls = first?.gram.products.length ?? 0;
  const counts = INTERVALS.map((N) => `${newestCalls(calls, N).length} (N = ${N})`).join(', ');
  return (
    'Forecasts of call t + k from true features of calls t, t - N, t - 2N, …; every t is taken that has four full calls before it and a ' +
    `whole gap behind it: ${counts}. Numbers are per cent of the true feature, medians over t. A cell is ` +
    '_official / Newton ≤ eq. (12)_: the authors’ Taylor polynomial of backward differences, the polynomial through the ' +
    'same features, and the paper’s complete bound, which is for the first of the two. The paper leaves M and C of its bounds ' +
    'open; here they are measured on the recorded run (`completeBound` in `packages/core`), which a forecast run could not do. Near the ends of the run derivatives are estimated from one side.'
  );
}

function gapTable(gaps: readonly GapError[]): string {
  const places = gaps.filter(({ order }) => order === 0);
  const cellOf = (place: GapError, order: number) => {
    const found = gaps.find((gap) => isSamePlace(gap, place) && gap.order === order);
    if (found === undefined) return '–';
    const [official, newton, complete] = [found.official, found.newton, found.complete].map((x) =>
      formatNumber(100 * x, 2),
    );
    return `${official} / ${newton} ≤ ${complete}`;
  };
  const columns: readonly Column<GapError>[] = [
    { heading: 'N', isNumber: true, cell: ({ interval }) => String(interval) },
    { heading: 'k', isNumber: true, cell: ({ offset }) => String(offset) },
    ...ORDERS.map((order) => ({
      heading: `order ${order}`,
      isNumber: true,
      cell: (place: GapError) => cellOf(place, order),
    })),
  ];
  return markdownTable(columns, places);
}

function isSamePlace(gap: GapError, place: GapError): boolean {
  return gap.interval === place.interval && gap.offset === place.offset;
}

function exceededTable(errors: readonly SiteErrors[]): string {
  const cell = (gaps: readonly GapError[], order: number) => {
    const of = gaps.filter((gap) => gap.order === order);
    const sum = (value: (gap: GapError) => number) =>
      of.reduce((total, gap) => total + value(gap), 0);
    const [above, complete, all] = [
      sum((gap) => gap.aboveTruncation),
      sum((gap) => gap.aboveComplete),
      sum((gap) => gap.forecasts),
    ];
    return `${above} / ${complete} of ${all}`;
  };
  const columns: readonly Column<SiteErrors>[] = [
    {
      heading: 'above eq. (11) / above eq. (12)',
      isNumber: false,
      cell: ({ site }) => site,
    },
    ...ORDERS.map((order) => ({
      heading: `order ${order}`,
      isNumber: true,
      cell: ({ gaps }: SiteErrors) => cell(gaps, order),
    })),
  ];
  return markdownTable(columns, errors);
}

const BEST =
  'The order of least error at every call, as a root mean square over the places in a gap that the call can have, as ' +
  `order: first–last call; of orders within ${100 * EQUAL_WITHIN} % of the least error the lowest. An order` +
  ' is only taken where all its full calls lie in the run, which is why the first calls ' +
  'have low orders.';

function bestTable(sites: readonly SiteGram[]): string {
  const rows = sites.flatMap(({ site, gram }) =>
    INTERVALS.map((interval) => ({ site, gram, interval })),
  );
  type Row = (typeof rows)[number];
  const best = ({ gram, interval }: Row, forecaster: 'official' | 'newton') =>
    bestOrders(orderErrors(gram, { forecaster, interval })).map(printBest).join(', ');
  const columns: readonly Column<Row>[] = [
    { heading: 'site', isNumber: false, cell: ({ site }) => site },
    { heading: 'N', isNumber: true, cell: ({ interval }) => String(interval) },
    { heading: 'official', isNumber: false, cell: (row) => best(row, 'official') },
    { heading: 'Newton', isNumber: false, cell: (row) => best(row, 'newton') },
  ];
  return markdownTable(columns, rows);
}

function printBest({ order, first, last }: BestOrder): string {
  return `${order}: ${first === last ? first : `${first}–${last}`}`;
}

const AGAIN = ['```sh', 'npm run bench:trajectories', '```'].join('\n');
