import type { Image } from '../image/image.js';
import { MARKERS, SERIES_COLOURS, type Scene, type Shape } from './scene.js';
import { sceneToImage } from './scene-image.js';
import { sceneToSvg } from './scene-svg.js';
import { seriesChart, type SeriesChart } from './series-chart.js';

const axes = { x: { label: 'speed', unit: '×' }, y: { label: 'quality', unit: '' } };
const chartOf = (series: SeriesChart['series']) =>
  seriesChart({ label: 'quality against speed', ...axes, series });
const point = (x: number, y: number) => ({ x, y, title: `${x} ${y}` });

function sceneOf(...shapes: Shape[]): Scene {
  return { width: 40, height: 20, label: 'test', shapes };
}

/** Bytes of the colour at a pixel. */
function colourAt({ width, pixels }: Image, x: number, y: number): number[] {
  const at = (y * width + x) * 3;
  return [...pixels.subarray(at, at + 3)].map((value) => Math.round(value * 255));
}

const white = [255, 255, 255];

describe('seriesChart', () => {
  const titles = ({ shapes }: Scene) =>
    shapes.flatMap((shape) => (shape.kind === 'marker' && shape.title ? [shape.title] : []));

  it('joins points from left to right, whatever their order', () => {
    const scene = chartOf([{ name: 'a', points: [point(3, 1), point(1, 2), point(2, 3)] }]);
    const line = scene.shapes.find((shape) => shape.kind === 'line' && shape.points.length === 3);
    const xs = line?.kind === 'line' ? line.points.map(({ x }) => x) : [];
    expect([...xs].sort((a, b) => a - b)).toEqual(xs);
    expect(xs).toHaveLength(3);
  });

  it('leaves out points that are not finite, and series that have no other', () => {
    const scene = chartOf([
      { name: 'a', points: [point(1, 2), point(NaN, 1), point(1, Infinity)] },
      { name: 'none', points: [point(-Infinity, 0)] },
    ]);
    expect(titles(scene)).toEqual(['1 2']);
    const texts = scene.shapes.flatMap((s) => (s.kind === 'text' ? [s.content] : []));
    expect(texts).not.toContain('none');
  });

  it('gives neighbouring series another colour and another marker', () => {
    const names = Array.from({ length: 8 }, (_, i) => `s${i}`);
    const scene = chartOf(names.map((name, i) => ({ name, points: [point(i, i)] })));
    const looks = scene.shapes.flatMap((shape) =>
      shape.kind === 'marker' && shape.title ? [`${shape.marker} ${shape.ink}`] : [],
    );
    expect(new Set(looks).size).toBe(8);
  });

  it('grows with its legend', () => {
    const many = Array.from({ length: 40 }, (_, i) => ({ name: `${i}`, points: [point(i, i)] }));
    expect(chartOf(many).height).toBeGreaterThan(chartOf([]).height);
  });

  it('of nothing has axes and finite numbers', () => {
    expect(sceneToSvg(chartOf([]))).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('sceneToSvg', () => {
  it('stands alone, has a name, and escapes text', () => {
    const evil = '"><script>';
    const svg = sceneToSvg({
      ...chartOf([{ name: evil, points: [{ ...point(1, 1), title: evil }] }]),
      label: evil,
    });
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]*role="img"/);
    expect(svg).not.toContain('<script');
  });

  it('draws every marker', () => {
    const shapes = MARKERS.map(
      (marker): Shape => ({
        kind: 'marker',
        marker,
        at: { x: 5, y: 5 },
        ink: 'series-0',
        title: '',
      }),
    );
    const svg = sceneToSvg(sceneOf(...shapes));
    expect(svg.match(/<(circle|polygon) /g)).toHaveLength(MARKERS.length);
  });
});

describe('sceneToImage', () => {
  it.each(MARKERS)('fills the middle of a %s with the colour of its series', (marker) => {
    const at = { x: 10, y: 10 };
    const scene = sceneOf({ kind: 'marker', marker, at, ink: 'series-1', title: '' });
    const image = sceneToImage(scene, 2);
    expect([image.width, image.height]).toEqual([80, 40]);
    expect(colourAt(image, 20, 20)).toEqual([...(SERIES_COLOURS[1] ?? [])]);
    expect(colourAt(image, 40, 20)).toEqual(white);
  });

  it('draws a line between its ends and nowhere else', () => {
    const points = [
      { x: 5, y: 10.5 },
      { x: 30, y: 10.5 },
    ];
    const image = sceneToImage(sceneOf({ kind: 'line', points, width: 3, ink: 'ink' }), 1);
    expect([5, 20, 29].map((x) => colourAt(image, x, 10))).toEqual([
      [27, 31, 36],
      [27, 31, 36],
      [27, 31, 36],
    ]);
    expect([2, 34].map((x) => colourAt(image, x, 10))).toEqual([white, white]);
  });

  it('turns text that points up by a quarter to the left', () => {
    const text = { kind: 'text', content: 'L', anchor: 'start', ink: 'ink' } as const;
    const inkedAt = (image: Image) =>
      Array.from({ length: image.width * image.height }, (_, i) => i)
        .filter((i) => (image.pixels[i * 3] ?? 1) < 0.9)
        .map((i) => [i % image.width, Math.floor(i / image.width)] as const);
    const right = inkedAt(
      sceneToImage(sceneOf({ ...text, at: { x: 10, y: 10 }, direction: 'right' }), 2),
    );
    const up = inkedAt(
      sceneToImage(sceneOf({ ...text, at: { x: 10, y: 10 }, direction: 'up' }), 2),
    );
    // Right: the foot of the L is at its baseline, y = 20, right of x = 20. Up: left of x = 20, above y = 20.
    expect(right.length).toBeGreaterThan(10);
    expect(up).toHaveLength(right.length);
    expect(right.every(([x, y]) => x >= 20 && y <= 20)).toBe(true);
    expect(up.every(([x, y]) => x <= 20 && y <= 20)).toBe(true);
  });

  it('writes accents and signs as the nearest letters it has', () => {
    const draw = (content: string) =>
      sceneToImage(
        sceneOf({
          kind: 'text',
          content,
          at: { x: 0, y: 12 },
          anchor: 'start',
          direction: 'right',
          ink: 'ink',
        }),
        1,
      ).pixels;
    expect(draw('é2×')).toEqual(draw('e2x'));
    expect(draw('é2×')).not.toEqual(draw('???'));
  });

  it('clips what lies outside', () => {
    const at = { x: -100, y: 1000 };
    const image = sceneToImage(
      sceneOf({ kind: 'marker', marker: 'circle', at, ink: 'ink', title: '' }),
      1,
    );
    expect(image.pixels.every((value) => value === 1)).toBe(true);
  });
});
