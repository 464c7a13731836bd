import type { Scene, Shape } from './scene.js';
import { RAMP_COLOURS } from './scene.js';
import { sceneToImage } from './scene-image.js';
import { sceneToSvg } from './scene-svg.js';
import { planeCharts, type PlaneChart } from './plane-charts.js';

type Kind<K extends Shape['kind']> = Extract<Shape, { kind: K }>;

const point = (x: number, y: number) => ({ x, y, title: `${x} ${y}` });
const chart = (path: PlaneChart['path'], more: Partial<PlaneChart> = {}): PlaneChart => ({
  title: 'plane',
  x: 'PC1',
  y: 'PC2',
  path,
  ...more,
});
const drawn = (...charts: PlaneChart[]) =>
  planeCharts({ label: 'paths', ramp: ['first', 'last'], charts });
const markers = ({ shapes }: Scene) =>
  shapes.filter((shape): shape is Kind<'marker'> => shape.kind === 'marker' && shape.title !== '');

describe('planeCharts', () => {
  it('has one scale for both directions, y up, and the path in the middle', () => {
    const [a, b, c] = markers(drawn(chart([point(0, 0), point(4, 0), point(4, 1)])));
    if (a === undefined || b === undefined || c === undefined) throw new Error('three points');
    expect(b.at.x - a.at.x).toBeCloseTo(4 * (b.at.y - c.at.y), 9);
    expect(b.at.y).toBe(a.at.y);
    expect(c.at.y).toBeLessThan(b.at.y);
    // The box of the frame: corners of the drawing's first line.
    const frame = drawn(chart([point(0, 0)])).shapes.find(({ kind }) => kind === 'line');
    const [corner, , opposite] = (frame as Kind<'line'>).points;
    expect((a.at.x + b.at.x) / 2).toBeCloseTo(((corner?.x ?? NaN) + (opposite?.x ?? NaN)) / 2, 9);
    expect((b.at.y + c.at.y) / 2).toBeCloseTo(((corner?.y ?? NaN) + (opposite?.y ?? NaN)) / 2, 9);
  });

  it('joins points in the order they are met and colours them from first to last', () => {
    const path = [3, 1, 2].map((x) => point(x, 0));
    const scene = drawn(chart(path));
    expect(markers(scene).map(({ title }) => title)).toEqual(['3 0', '1 0', '2 0']);
    const inks = markers(scene).map(({ ink }) => ink);
    expect(inks).toEqual(['ramp-0', 'ramp-6', 'ramp-11']);
    const part = markers(drawn(chart(path, { span: [1, 0.5] }))).map(({ ink }) => ink);
    expect(part).toEqual(['ramp-11', 'ramp-8', 'ramp-6']);
    const many = Array.from({ length: 100 }, (_, x) => point(x, 0));
    expect(markers(drawn(chart(many))).at(-1)?.ink).toBe(`ramp-${RAMP_COLOURS.length - 1}`);
  });

  it('keeps every point of every chart inside its own cell', () => {
    const path = [point(-1e6, 5), point(1e6, 7)];
    const scene = drawn(...Array.from({ length: 5 }, () => chart(path)));
    const cells = markers(scene).map(
      ({ at }) => `${Math.floor(at.x / 290)} ${Math.floor(at.y / 300)}`,
    );
    expect(cells).toEqual(['0 0', '0 0', '1 0', '1 0', '2 0', '2 0', '0 1', '0 1', '1 1', '1 1']);
    expect(markers(scene).every(({ at }) => at.x < scene.width && at.y < scene.height)).toBe(true);
  });

  it('draws misses as lines from where they should be, one look and one line of legend a name', () => {
    const misses = ['reuse', 'order 2'].map((name, i) => ({
      name,
      misses: [{ from: point(0, 0), to: { x: 2 + i, y: 0, title: name } }],
    }));
    const path = [point(0, 0), point(1, 0)];
    const scene = drawn(chart(path, { misses }), chart(path, { misses }));
    const looks = markers(scene).filter(({ title }) => title === 'reuse' || title === 'order 2');
    expect(new Set(looks.map(({ marker, ink }) => `${marker} ${ink}`)).size).toBe(2);
    const texts = scene.shapes.flatMap((s) => (s.kind === 'text' ? [s.content] : []));
    expect(texts.filter((text) => text === 'reuse')).toHaveLength(1);
    expect(texts).toContain('order 2');
  });

  it('leaves out what is not finite', () => {
    const misses = [{ name: 'reuse', misses: [{ from: point(0, 0), to: point(NaN, 1) }] }];
    const path = [point(0, 0), point(NaN, 1), point(1, Infinity), point(1, 1)];
    const scene = drawn(chart(path, { misses }));
    expect(markers(scene).map(({ title }) => title)).toEqual(['0 0', '1 1']);
  });

  it.each([
    ['no chart', []],
    ['no point', [chart([])]],
    ['one point', [chart([point(3, 3)])]],
    ['points in one place', [chart([point(3, 3), point(3, 3)])]],
  ])('of %s has finite numbers', (_name, charts) => {
    const scene = drawn(...charts);
    expect(scene.width).toBeGreaterThan(0);
    expect(sceneToSvg(scene)).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('a ramp', () => {
  it('has its colours in the SVG, and only where it is used', () => {
    const plain: Scene = { width: 9, height: 9, label: 'plain', shapes: [] };
    expect(sceneToSvg(drawn(chart([])))).toContain(
      `.ramp-0 { --ink: rgb(${RAMP_COLOURS[0]?.join(',')}); }`,
    );
    expect(sceneToSvg(plain)).not.toContain('ramp-');
  });

  it('has its colours in the picture, at the radius that is asked for', () => {
    const at = { x: 10, y: 10 };
    const shape = { kind: 'marker', marker: 'circle', at, ink: 'ramp-11', title: '' } as const;
    const colourAt = (radius: number, x: number) => {
      const shapes = [{ ...shape, radius }];
      const { pixels } = sceneToImage({ width: 20, height: 20, label: '', shapes }, 1);
      return [...pixels.subarray((10 * 20 + x) * 3, (10 * 20 + x) * 3 + 3)].map((value) =>
        Math.round(value * 255),
      );
    };
    expect(colourAt(2, 10)).toEqual([...(RAMP_COLOURS[11] ?? [])]);
    expect(colourAt(2, 13)).toEqual([255, 255, 255]);
    expect(colourAt(5, 13)).toEqual([...(RAMP_COLOURS[11] ?? [])]);
  });
});
