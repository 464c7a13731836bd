import { createAxis, createLogAxis, type Axis } from '../report/axis.js';
import { MARKERS, SERIES_COLOURS, type Ink, type Place, type Scene, type Shape } from './scene.js';

/** One point of a line. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  /** What a reader sees who points at it. */
  readonly title: string;
}

/** Points that belong together: drawn in one colour and marker, joined from left to right. */
export interface ChartSeries {
  readonly name: string;
  readonly points: readonly ChartPoint[];
}

/** What `seriesChart` draws. */
export interface SeriesChart {
  /** What the chart shows, for those who cannot see it. */
  readonly label: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly ChartSeries[];
}

/** One axis. */
export interface ChartAxis {
  readonly label: string;
  /** Written behind every number of the axis. */
  readonly unit: string;
  /** Default linear. Logarithmic only where every value is > 0. */
  readonly scale?: 'linear' | 'logarithmic';
}

const WIDTH = 860;
const PLOT = { left: 64, right: 640, top: 16, bottom: 400 };
const LEGEND = { x: 664, y: 28, line: 20 };
const BELOW = 52;

/** Lines of points over two axes with round numbers, with a legend. Points that are not finite are left out. */
export function seriesChart(chart: SeriesChart): Scene {
  const series = chart.series
    .map(({ name, points }) => ({ name, points: points.filter(isFinitePoint) }))
    .filter(({ points }) => points.length > 0);
  const points = series.flatMap((line) => line.points);
  const x = createAxis(
    points.map((point) => point.x),
    { from: PLOT.left, to: PLOT.right },
  );
  const yAxis = chart.y.scale === 'logarithmic' ? createLogAxis : createAxis;
  const y = yAxis(
    points.map((point) => point.y),
    { from: PLOT.bottom, to: PLOT.top },
  );
  const at = (point: ChartPoint): Place => ({ x: x.toPixel(point.x), y: y.toPixel(point.y) });
  return {
    width: WIDTH,
    height: Math.max(PLOT.bottom + BELOW, LEGEND.y + series.length * LEGEND.line),
    label: chart.label,
    shapes: [
      ...grid({ x, y }, chart),
      ...series.flatMap((line, i) => drawSeries(line, i, at)),
      ...series.flatMap(({ name }, i) => legendLine(name, i)),
    ],
  };
}

function isFinitePoint({ x, y }: ChartPoint): boolean {
  return Number.isFinite(x) && Number.isFinite(y);
}

function drawSeries(
  { points }: ChartSeries,
  index: number,
  at: (point: ChartPoint) => Place,
): Shape[] {
  const ink = inkOf(index);
  const sorted = [...points].sort((a, b) => a.x - b.x);
  return [
    { kind: 'line', points: sorted.map(at), width: 1.5, ink },
    ...sorted.map(
      (point): Shape => ({
        kind: 'marker',
        marker: markerOf(index),
        at: at(point),
        ink,
        title: point.title,
      }),
    ),
  ];
}

function legendLine(name: string, index: number): Shape[] {
  const y = LEGEND.y + index * LEGEND.line;
  const at = { x: LEGEND.x, y };
  return [
    { kind: 'marker', marker: markerOf(index), at, ink: inkOf(index), title: '' },
    label(name, { x: LEGEND.x + 14, y: y + 4 }, 'start'),
  ];
}

function grid(axes: { readonly x: Axis; readonly y: Axis }, chart: SeriesChart): Shape[] {
  const middle = { x: (PLOT.left + PLOT.right) / 2, y: (PLOT.top + PLOT.bottom) / 2 };
  const quiet = { ink: 'quiet' } as const;
  return [
    ...axes.x.ticks.flatMap((tick): Shape[] => {
      const x = axes.x.toPixel(tick);
      const line = [
        { x, y: PLOT.top },
        { x, y: PLOT.bottom },
      ];
      const place = { x, y: PLOT.bottom + 18 };
      return [rule(line), { ...label(`${tick}${chart.x.unit}`, place, 'middle'), ...quiet }];
    }),
    ...axes.y.ticks.flatMap((tick): Shape[] => {
      const y = axes.y.toPixel(tick);
      const line = [
        { x: PLOT.left, y },
        { x: PLOT.right, y },
      ];
      const place = { x: PLOT.left - 8, y: y + 4 };
      return [rule(line), { ...label(`${tick}${chart.y.unit}`, place, 'end'), ...quiet }];
    }),
    { ...label(chart.x.label, { x: middle.x, y: PLOT.bottom + 42 }, 'middle'), ...quiet },
    {
      ...label(chart.y.label, { x: 18, y: middle.y }, 'middle'),
      direction: 'up',
      ...quiet,
    },
  ];
}

function rule(points: readonly Place[]): Shape {
  return { kind: 'line', points, width: 1, ink: 'grid' };
}

function label(
  content: string,
  at: Place,
  anchor: 'start' | 'middle' | 'end',
): Extract<Shape, { kind: 'text' }> {
  return { kind: 'text', content, at, anchor, direction: 'right', ink: 'ink' };
}

/** Seven colours and six markers: forty-two lines that differ. */
function inkOf(index: number): Ink {
  return `series-${index % SERIES_COLOURS.length}`;
}

function markerOf(index: number) {
  return MARKERS[index % MARKERS.length] ?? 'circle';
}
