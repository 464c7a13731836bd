import { escapeHtml } from '../report/escape-html.js';
import { element, text } from '../report/svg.js';
import {
  cornersOf,
  MARKER_RADIUS,
  RAMP_COLOURS,
  SERIES_COLOURS,
  type Ink,
  type Scene,
  type Shape,
} from './scene.js';

/** The drawing as SVG: stands alone as a file, or inside HTML. Follows the reader's light or dark preference. */
export function sceneToSvg({ width, height, label, shapes }: Scene): string {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: 'img',
    'aria-label': label,
    class: 'scene',
  };
  const background = element('rect', { class: 'page', width, height });
  return element(
    'svg',
    attributes,
    `<style>${styleOf(shapes)}</style>${background}${shapes.map(draw).join('')}`,
  );
}

function draw(shape: Shape): string {
  if (shape.kind === 'line') return drawLine(shape);
  return shape.kind === 'marker' ? drawMarker(shape) : drawText(shape);
}

function drawLine({ points, width, ink }: Extract<Shape, { kind: 'line' }>): string {
  const placed = points.map(({ x, y }) => `${round(x)},${round(y)}`).join(' ');
  return element('polyline', { class: `stroke ${ink}`, points: placed, 'stroke-width': width });
}

function drawMarker(shape: Extract<Shape, { kind: 'marker' }>): string {
  const { marker, at, ink, title, radius = MARKER_RADIUS } = shape;
  const children = title === '' ? '' : element('title', {}, escapeHtml(title));
  const corners = cornersOf(marker);
  if (corners === null) {
    return element('circle', { class: ink, cx: at.x, cy: at.y, r: radius }, children);
  }
  const points = corners
    .map(({ x, y }) => `${round(at.x + x * radius)},${round(at.y + y * radius)}`)
    .join(' ');
  return element('polygon', { class: ink, points }, children);
}

function drawText(shape: Extract<Shape, { kind: 'text' }>): string {
  const { content, at, anchor, direction, ink } = shape;
  const turned =
    direction === 'up' ? { transform: `rotate(-90 ${round(at.x)} ${round(at.y)})` } : {};
  return text(content, { class: ink, x: at.x, y: at.y, 'text-anchor': anchor, ...turned });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Colours of a ramp only where there is one: a drawing's bytes do not depend on what it does not use. */
function styleOf(shapes: readonly Shape[]): string {
  const isRamped = shapes.some(({ ink }) => ink.startsWith('ramp-'));
  return isRamped ? [STYLE, ...ramp].join(' ') : STYLE;
}

const ramp = RAMP_COLOURS.map(
  (colour, i) => `.scene .${`ramp-${i}` satisfies Ink} { --ink: rgb(${colour.join(',')}); }`,
);

const series = SERIES_COLOURS.map(
  (colour, i) => `.scene .${`series-${i}` satisfies Ink} { --ink: rgb(${colour.join(',')}); }`,
);

const STYLE = [
  '.scene { --page: #ffffff; --text: #1b1f24; --soft: #57606a; --rule: #d0d7de; }',
  '@media (prefers-color-scheme: dark) { .scene { --page: #14181d; --text: #e6edf3; --soft: #9aa5b1; --rule: #333b44; } }',
  '.scene .ink { --ink: var(--text); } .scene .quiet { --ink: var(--soft); } .scene .grid { --ink: var(--rule); }',
  ...series,
  '.scene .page { fill: var(--page); }',
  '.scene circle, .scene polygon { fill: var(--ink); }',
  '.scene .stroke { fill: none; stroke: var(--ink); stroke-linejoin: round; }',
  '.scene text { font: 12px system-ui, sans-serif; fill: var(--ink); }',
].join(' ');
