import type { TrajectoryGram } from '@forecache/core';
import { recordedSites } from './record-grams.js';
import { trajectoryFigure } from './trajectory-figure.js';

/** (cos, sin) of ten degrees a call. */
const CIRCLE: TrajectoryGram = {
  products: Array.from({ length: 50 }, (_, i) =>
    Array.from({ length: 50 }, (_value, j) => Math.cos(((i - j) * Math.PI) / 18)),
  ),
};

const { shapes } = trajectoryFigure({ site: 'hidden', gram: CIRCLE });

describe('trajectoryFigure', () => {
  it('draws every order, the forecasts and the middle of the run', () => {
    const titles = shapes.flatMap((s) => (s.kind === 'text' && s.ink === 'ink' ? [s.content] : []));
    expect(titles).toEqual([
      'features (order 0)',
      'differences of order 1',
      'differences of order 2',
      'differences of order 3',
      'differences of order 4',
      'forecasts, one full call in 5',
      'order 1, calls 11 to 39',
      'order 2, calls 12 to 39',
      'order 3, calls 13 to 39',
    ]);
  });

  it('puts reuse of a call where the newest full call is', () => {
    const placeOf = (title: string) => {
      const places = shapes.flatMap((s) =>
        s.kind === 'marker' && s.title === title ? [s.at] : [],
      );
      return places.at(-1);
    };
    const inForecasts = (title: string) => {
      // Order 0 comes first, the forecasts' plane sixth, the middle after it: only the second has calls 0 to 10 again.
      const places = shapes.flatMap((s) =>
        s.kind === 'marker' && s.title === title ? [s.at] : [],
      );
      return places.find(({ x, y }) => x > 580 && y > 300);
    };
    const reused = placeOf('reuse of call 7');
    const full = inForecasts('call 5');
    expect(reused?.x).toBeCloseTo(full?.x ?? NaN, 9);
    expect(reused?.y).toBeCloseTo(full?.y ?? NaN, 9);
    expect(placeOf('order 2 of call 9')).toBeUndefined();
    expect(placeOf('order 2 of call 11')).toBeDefined();
  });

  it('is of sites that the walk knows', () => {
    expect(recordedSites(8)).toEqual(['blocks.4.attention', 'blocks.4.mlp', 'hidden', 'output']);
    expect(recordedSites(1)[0]).toBe('blocks.0.attention');
  });
});
