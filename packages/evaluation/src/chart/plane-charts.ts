import {
  RAMP_COLOURS,
  SERIES_COLOURS,
  type Ink,
  type Marker,
  type Place,
  type Scene,
  type Shape,
} from './scene.js';

/** A point of a plane. */
export interface PlanePoint {
  readonly x: number;
  readonly y: number;
  /** What a reader sees who points at it. */
  readonly title: string;
}

/** Where something else ended than the path did: drawn with a thin line from where it should be. */
export interface PlaneMiss {
  readonly from: Place;
  readonly to: PlanePoint;
}

/** One kind of misses, the same in every plane of a drawing. */
export interface PlaneMisses {
  readonly name: string;
  readonly misses: readonly PlaneMiss[];
}

/** One plane with a path in it: points in the order they are met. */
export interface PlaneChart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly path: readonly PlanePoint[];
  /** Where on the ramp, from 0 to 1, the path begins and ends; default [0, 1]. */
  readonly span?: readonly [number, number];
  readonly misses?: readonly PlaneMisses[];
}

/** What `planeCharts` draws. */
export interface PlaneCharts {
  /** What the drawing shows, for those who cannot see it. */
  readonly label: string;
  readonly charts: readonly PlaneChart[];
  /** Names of the colours of a path's first and last point. */
  readonly ramp: readonly [string, string];
}

const COLUMNS = 3;
const CELL = { width: 290, height: 300 };
/** The square of a cell that points lie in. */
const PLANE = { left: 34, top: 34, size: 226 };
/** Free space around a path inside its square. */
const MARGIN = 12;
const LEGEND = { left: 34, height: 40, bar: 240, thickness: 10 };
const RADIUS = 2.6;
const MISS_RADIUS = 3.2;

/**
 * Paths in planes, side by side, coloured from first to last. Both axes of a plane have the same scale, so that distances
 * are distances; every plane has its own, and no numbers. Points that are not finite are left out.
 */
export function planeCharts({ label, charts, ramp }: PlaneCharts): Scene {
  const rows = Math.ceil(charts.length / COLUMNS);
  const columns = Math.max(1, Math.min(charts.length, COLUMNS));
  const top = rows * CELL.height;
  const names = charts.flatMap(({ misses = [] }) => misses.map(({ name }) => name));
  return {
    width: columns * CELL.width,
    height: top + LEGEND.height,
    label,
    shapes: [
      ...charts.flatMap((chart, i) => {
        const corner = { x: (i % COLUMNS) * CELL.width, y: Math.floor(i / COLUMNS) * CELL.height };
        return drawChart(chart, { x: corner.x + PLANE.left, y: corner.y + PLANE.top });
      }),
      ...rampLegend(ramp, top + 16),
      ...missLegend([...new Set(names)], top + 16),
    ],
  };
}

function drawChart(chart: PlaneChart, corner: Place): Shape[] {
  const { span = [0, 1] } = chart;
  const path = chart.path.filter(isFinitePlace);
  const inkOf = (i: number) => rampInk(i / Math.max(path.length - 1, 1), span);
  const misses = (chart.misses ?? []).map((kind) => ({
    ...kind,
    misses: kind.misses.filter(({ from, to }) => isFinitePlace(from) && isFinitePlace(to)),
  }));
  const ends = misses.flatMap((kind) => kind.misses.map(({ to }) => to));
  const toPixel = fitted([...path, ...ends], corner);
  return [
    ...frame(chart, corner),
    ...path.slice(1).map((to, i): Shape => {
      const points = [toPixel(path[i] ?? to), toPixel(to)];
      return { kind: 'line', points, width: 1.4, ink: inkOf(i) };
    }),
    ...misses.flatMap((kind, i) => kind.misses.flatMap((miss) => drawMiss(miss, i, toPixel))),
    ...path.map((point, i): Shape => {
      const { title } = point;
      return { ...marker(toPixel(point), inkOf(i)), title, radius: RADIUS };
    }),
  ];
}

function drawMiss({ from, to }: PlaneMiss, kind: number, toPixel: (at: Place) => Place): Shape[] {
  const look = missLook(kind);
  return [
    { kind: 'line', points: [toPixel(from), toPixel(to)], width: 1, ink: look.ink },
    { kind: 'marker', at: toPixel(to), title: to.title, radius: MISS_RADIUS, ...look },
  ];
}

/** Puts the middle of the points' box in the middle of the square, y up, one scale for both directions. */
function fitted(points: readonly Place[], corner: Place): (at: Place) => Place {
  const [x, y] = [extent(points.map((at) => at.x)), extent(points.map((at) => at.y))];
  const scale = (PLANE.size - 2 * MARGIN) / (Math.max(x.length, y.length) || 1);
  const middle = { x: corner.x + PLANE.size / 2, y: corner.y + PLANE.size / 2 };
  return (at) => ({
    x: middle.x + (at.x - x.middle) * scale,
    y: middle.y - (at.y - y.middle) * scale,
  });
}

function extent(values: readonly number[]) {
  if (values.length === 0) return { middle: 0, length: 0 };
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return { middle: (least + most) / 2, length: most - least };
}

function frame({ title, x, y }: PlaneChart, corner: Place): Shape[] {
  const [right, bottom] = [corner.x + PLANE.size, corner.y + PLANE.size];
  const middle = { x: corner.x + PLANE.size / 2, y: corner.y + PLANE.size / 2 };
  const corners = [
    corner,
    { x: right, y: corner.y },
    { x: right, y: bottom },
    { x: corner.x, y: bottom },
    corner,
  ];
  return [
    { kind: 'line', points: corners, width: 1, ink: 'grid' },
    text(title, { x: corner.x, y: corner.y - 10 }, 'ink'),
    { ...text(x, { x: middle.x, y: bottom + 18 }, 'quiet'), anchor: 'middle' },
    {
      ...text(y, { x: corner.x - 10, y: middle.y }, 'quiet'),
      anchor: 'middle',
      direction: 'up',
    },
  ];
}

/** A bar of the ramp's colours between the names of its ends. */
function rampLegend([first, last]: readonly [string, string], y: number): Shape[] {
  const left = LEGEND.left;
  const start = left + 7 * first.length + 12;
  const part = LEGEND.bar / RAMP_COLOURS.length;
  return [
    text(first, { x: left, y: y + 4 }, 'quiet'),
    ...RAMP_COLOURS.map((_, i): Shape => {
      const points = [0, 1].map((end) => ({ x: start + (i + end) * part, y }));
      return { kind: 'line', points, width: LEGEND.thickness, ink: `ramp-${i}` };
    }),
    text(last, { x: start + LEGEND.bar + 12, y: y + 4 }, 'quiet'),
  ];
}

function missLegend(names: readonly string[], y: number): Shape[] {
  const left = LEGEND.left + 2 * CELL.width;
  return names.flatMap((name, i): Shape[] => {
    const at = { x: left + i * 110, y };
    return [
      { kind: 'marker', at, title: '', ...missLook(i) },
      text(name, { x: at.x + 12, y: y + 4 }, 'quiet'),
    ];
  });
}

const MISS_MARKERS: readonly Marker[] = ['diamond', 'square', 'triangle', 'wedge'];

/** From the palette's second colour on: its first is too near the ramp's. */
function missLook(kind: number): { readonly ink: Ink; readonly marker: Marker } {
  return {
    ink: `series-${(kind * 2 + 1) % SERIES_COLOURS.length}`,
    marker: MISS_MARKERS[kind % MISS_MARKERS.length] ?? 'circle',
  };
}

/** The ramp's colour of a part of the path's length. */
function rampInk(along: number, [first, last]: readonly [number, number]): Ink {
  const place = first + along * (last - first);
  return `ramp-${Math.round(place * (RAMP_COLOURS.length - 1))}`;
}

function marker(at: Place, ink: Ink): Extract<Shape, { kind: 'marker' }> {
  return { kind: 'marker', marker: 'circle', at, ink, title: '' };
}

function text(content: string, at: Place, ink: Ink): Extract<Shape, { kind: 'text' }> {
  return { kind: 'text', content, at, anchor: 'start', direction: 'right', ink };
}

function isFinitePlace({ x, y }: Place): boolean {
  return Number.isFinite(x) && Number.isFinite(y);
}
