import { differenceGram, principalComponents, type TrajectoryGram } from '@forecache/core';
import {
  formatPercent,
  planeCharts,
  type PlaneChart,
  type PlaneMisses,
  type PlanePoint,
  type Scene,
} from '@forecache/evaluation';
import { ORDERS } from './gap-errors.js';
import { openLoopWeights } from './open-loop-error.js';
import type { SiteGram } from './record-grams.js';

/** Interval and orders of the forecasts that are drawn beside the trajectory. */
const SHOWN = { interval: 5, orders: [0, 2] } as const;

/** Orders that are drawn again without the ends of the run, where differences are largest. */
const MIDDLE_ORDERS = [1, 2, 3] as const;

/** One site's trajectory and those of its differences, each in the plane of its own first two components. */
export function trajectoryFigure({ site, gram }: SiteGram): Scene {
  const last = gram.products.length - 1;
  return planeCharts({
    label: `Features of ${site} over the calls of a run and their differences of order 1 to 4, in the plane of their first two principal components`,
    ramp: ['call 0', `call ${last}`],
    charts: [
      ...ORDERS.map((order) => orderPlane(gram, order)),
      forecastPlane(gram),
      ...MIDDLE_ORDERS.map((order) => middlePlane(gram, order)),
    ],
  });
}

function orderPlane(gram: TrajectoryGram, order: number): PlaneChart {
  const { coordinates, shares } = principalComponents(differenceGram(gram, order), 2);
  return {
    title: order === 0 ? 'features (order 0)' : `differences of order ${order}`,
    ...axes(shares),
    path: coordinates.map((at, i) => pointAt(at, `call ${i + order}`)),
    span: [order / (gram.products.length - 1), 1],
  };
}

/** The same without the first and the last fifth of the run. */
function middlePlane(gram: TrajectoryGram, order: number): PlaneChart {
  const calls = gram.products.length;
  const first = Math.round(calls / 5);
  const last = calls - first - 1;
  const middle = gram.products.slice(first, last + 1).map((row) => row.slice(first, last + 1));
  const plane = orderPlane({ products: middle }, order);
  const path = plane.path.map((point, i) => ({ ...point, title: `call ${first + order + i}` }));
  const span = [(first + order) / (calls - 1), last / (calls - 1)] as const;
  return { ...plane, title: `order ${order}, calls ${first + order} to ${last}`, path, span };
}

/** Where reuse and a forecast end, one full call in five: the line leads from the true feature. */
function forecastPlane(gram: TrajectoryGram): PlaneChart {
  const { coordinates, shares } = principalComponents(gram, 2);
  const path = coordinates.map((at, call) => pointAt(at, `call ${call}`));
  return {
    title: `forecasts, one full call in ${SHOWN.interval}`,
    ...axes(shares),
    path,
    misses: SHOWN.orders.map((order) => missesOf(path, order)),
  };
}

function missesOf(path: readonly PlanePoint[], order: number): PlaneMisses {
  const { interval } = SHOWN;
  const name = order === 0 ? 'reuse' : `order ${order}`;
  const skipped = path.flatMap((from, call) => {
    const offset = call % interval;
    const newest = call - offset;
    return offset === 0 || newest < order * interval ? [] : [{ from, newest, offset }];
  });
  const misses = skipped.map(({ from, newest, offset }) => {
    const { sources, weights } = openLoopWeights({
      forecaster: 'official',
      newest,
      interval,
      order,
      offset,
    });
    const sum = (of: (point: PlanePoint) => number) =>
      sources.reduce((total, call, i) => total + (weights[i] ?? NaN) * valueAt(path, call, of), 0);
    const title = `${name} of ${from.title}`;
    return { from, to: { x: sum(({ x }) => x), y: sum(({ y }) => y), title } };
  });
  return { name, misses };
}

function valueAt(
  path: readonly PlanePoint[],
  call: number,
  of: (point: PlanePoint) => number,
): number {
  const point = path[call];
  return point === undefined ? NaN : of(point);
}

function axes([first = 0, second = 0]: readonly number[]) {
  return { x: `PC1 (${formatPercent(first)})`, y: `PC2 (${formatPercent(second)})` };
}

function pointAt([x = NaN, y = NaN]: readonly number[], title: string): PlanePoint {
  return { x, y, title };
}
