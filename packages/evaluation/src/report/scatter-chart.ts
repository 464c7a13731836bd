import { createAxis, type Axis } from './axis.js';
import { escapeHtml } from './escape-html.js';
import { formatNumber } from './format-number.js';
import type { PolicyResult } from './report-model.js';
import { chart, element, text } from './svg.js';

const SIZE = { width: 860, height: 420 };
const PLOT = { left: 60, right: 700, top: 16, bottom: 366 };
const LABEL_HEIGHT = 15;
const LABEL_CHARACTER = 6.6;

/** PSNR against wall speed-up, one labelled point a policy. Policies without either number are left out. */
export function scatterChart(results: readonly PolicyResult[]): string {
  const points = results.flatMap(toPoint);
  const x = createAxis([1, ...points.map((point) => point.speedup)], {
    from: PLOT.left,
    to: PLOT.right,
  });
  const y = createAxis(
    points.map((point) => point.psnr),
    { from: PLOT.bottom, to: PLOT.top },
  );
  const families = [...new Set(points.map((point) => point.family))];
  return chart(SIZE, 'PSNR to full compute against wall speed-up', [
    ...grid(x, y),
    ...placeLabels(points, x, y).map((placed) => mark(placed, families.indexOf(placed.family))),
  ]);
}

interface Point {
  readonly label: string;
  readonly family: string;
  readonly speedup: number;
  readonly psnr: number;
}

interface PlacedPoint extends Point {
  readonly x: number;
  readonly y: number;
  readonly labelY: number;
}

function toPoint({ label, policy, speedup, psnr }: PolicyResult): Point[] {
  if (speedup === null || psnr === null || !Number.isFinite(psnr.mean)) return [];
  return [{ label, family: familyOf(policy), speedup: speedup.mean, psnr: psnr.mean }];
}

/** Name of a policy without its options. */
export function familyOf(policy: string): string {
  return policy.split('(')[0] ?? policy;
}

function grid(x: Axis, y: Axis): string[] {
  const middle = (PLOT.left + PLOT.right) / 2;
  const vertical = x.ticks.flatMap((tick) => {
    const at = x.toPixel(tick);
    return [
      element('line', { class: 'grid', x1: at, x2: at, y1: PLOT.top, y2: PLOT.bottom }),
      text(`${tick}×`, { class: 'tick', x: at, y: PLOT.bottom + 18, 'text-anchor': 'middle' }),
    ];
  });
  const horizontal = y.ticks.flatMap((tick) => {
    const at = y.toPixel(tick);
    return [
      element('line', { class: 'grid', x1: PLOT.left, x2: PLOT.right, y1: at, y2: at }),
      text(`${tick}`, { class: 'tick', x: PLOT.left - 8, y: at + 4, 'text-anchor': 'end' }),
    ];
  });
  return [
    ...vertical,
    ...horizontal,
    text('wall speed-up', {
      class: 'axis',
      x: middle,
      y: PLOT.bottom + 42,
      'text-anchor': 'middle',
    }),
    text('PSNR, dB', {
      class: 'axis',
      x: 14,
      y: PLOT.top + 150,
      transform: `rotate(-90 14 ${PLOT.top + 150})`,
      'text-anchor': 'middle',
    }),
  ];
}

/** Labels right of their points, pushed down until none lies on an earlier one. */
function placeLabels(points: readonly Point[], x: Axis, y: Axis): PlacedPoint[] {
  const placed: PlacedPoint[] = [];
  const fromTop = [...points].sort((a, b) => b.psnr - a.psnr);
  for (const point of fromTop) {
    const at = { x: x.toPixel(point.speedup), y: y.toPixel(point.psnr) };
    const isTaken = (labelY: number) =>
      placed.some(
        (other) =>
          Math.abs(other.labelY - labelY) < LABEL_HEIGHT &&
          at.x < other.x + other.label.length * LABEL_CHARACTER + 16 &&
          other.x < at.x + point.label.length * LABEL_CHARACTER + 16,
      );
    let labelY = at.y;
    while (isTaken(labelY)) labelY += 1;
    placed.push({ ...point, ...at, labelY });
  }
  return placed;
}

function mark(point: PlacedPoint, family: number): string {
  const tooltip = `${point.label}: ${formatNumber(point.psnr, 2)} dB at ${formatNumber(point.speedup, 2)}×`;
  const shape = `family-${family % 4}`;
  return element(
    'g',
    { class: shape },
    [
      element('title', {}, escapeHtml(tooltip)),
      marker(family % 4, point),
      element('line', {
        class: 'leader',
        x1: point.x + 6,
        y1: point.y,
        x2: point.x + 10,
        y2: point.labelY,
      }),
      text(point.label, { class: 'label', x: point.x + 12, y: point.labelY + 4 }),
    ].join(''),
  );
}

/** A shape for every family, so that colour is never the only difference. */
function marker(shape: number, { x, y }: PlacedPoint): string {
  if (shape === 0) return element('circle', { cx: x, cy: y, r: 5 });
  if (shape === 1) return element('rect', { x: x - 5, y: y - 5, width: 10, height: 10 });
  if (shape === 2) return element('path', { d: `M${x} ${y - 6}l6 11h-12z` });
  return element('path', { d: `M${x} ${y - 7}l7 7l-7 7l-7 -7z` });
}
