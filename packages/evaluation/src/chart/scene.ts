/** A place in a drawing: x to the right, y down, in pixels of the drawing's own size. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Shapes of markers, so that colour is never the only difference. */
export const MARKERS = ['circle', 'square', 'triangle', 'diamond', 'cross', 'wedge'] as const;
export type Marker = (typeof MARKERS)[number];

/** Colours by what they are for; `series-k` are colours of lines, `ramp-k` those of an order. */
export type Ink = 'ink' | 'quiet' | 'grid' | `series-${number}` | `ramp-${number}`;

/** One thing that is drawn. */
export type Shape =
  | {
      readonly kind: 'line';
      readonly points: readonly Place[];
      readonly width: number;
      readonly ink: Ink;
    }
  | {
      readonly kind: 'marker';
      readonly marker: Marker;
      readonly at: Place;
      readonly ink: Ink;
      /** What a reader sees who points at it; empty for nothing. */
      readonly title: string;
      /** In pixels; default MARKER_RADIUS. */
      readonly radius?: number;
    }
  | {
      readonly kind: 'text';
      readonly content: string;
      /** Where the line of text starts, has its middle or ends, at its baseline. */
      readonly at: Place;
      readonly anchor: 'start' | 'middle' | 'end';
      readonly direction: 'right' | 'up';
      readonly ink: Ink;
    };

/** A drawing that knows nothing of its file format: later shapes lie over earlier ones. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  /** What the drawing shows, for those who cannot see it. */
  readonly label: string;
  readonly shapes: readonly Shape[];
}

/**
 * Colours of lines: Okabe and Ito's palette for all kinds of colour vision, without its yellow, which vanishes on
 * white; red, green and blue of 255.
 */
export const SERIES_COLOURS: readonly (readonly [number, number, number])[] = Object.freeze([
  [0, 114, 178],
  [213, 94, 0],
  [0, 158, 115],
  [204, 121, 167],
  [230, 159, 0],
  [86, 180, 233],
  [127, 127, 127],
]);

/**
 * Colours from first to last, even steps of lightness: viridis of Matplotlib (public domain) without its darkest and its
 * palest ones, which vanish on dark and on white; red, green and blue of 255.
 */
export const RAMP_COLOURS: readonly (readonly [number, number, number])[] = Object.freeze([
  [71, 47, 125],
  [65, 68, 135],
  [57, 86, 140],
  [49, 104, 142],
  [42, 120, 142],
  [35, 136, 142],
  [31, 152, 139],
  [34, 168, 132],
  [53, 183, 121],
  [84, 197, 104],
  [122, 209, 81],
  [165, 219, 54],
]);

/** Radius of a marker. */
export const MARKER_RADIUS = 5;

/** Corners of a marker around the origin, at radius 1; null for the circle, which has none. */
export function cornersOf(marker: Marker): readonly Place[] | null {
  switch (marker) {
    case 'circle':
      return null;
    case 'square':
      return polygon([-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]);
    case 'triangle':
      return polygon([0, -1.2], [1.15, 0.9], [-1.15, 0.9]);
    case 'wedge':
      return polygon([0, 1.2], [1.15, -0.9], [-1.15, -0.9]);
    case 'diamond':
      return polygon([0, -1.35], [1.35, 0], [0, 1.35], [-1.35, 0]);
    case 'cross':
      return CROSS;
  }
}

function polygon(...corners: readonly (readonly [number, number])[]): readonly Place[] {
  return corners.map(([x, y]) => ({ x, y }));
}

const CROSS = polygon(
  [-0.4, -1.2],
  [0.4, -1.2],
  [0.4, -0.4],
  [1.2, -0.4],
  [1.2, 0.4],
  [0.4, 0.4],
  [0.4, 1.2],
  [-0.4, 1.2],
  [-0.4, 0.4],
  [-1.2, 0.4],
  [-1.2, -0.4],
  [-0.4, -0.4],
);
