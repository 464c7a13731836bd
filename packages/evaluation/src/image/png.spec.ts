import { decodePng, encodePng } from './png.js';

describe('encodePng', () => {
  it('survives a round trip, clipping what is outside [0, 1]', () => {
    const pixels = Float32Array.of(0, 1, 51 / 255, -3, 7, NaN);
    const image = decodePng(encodePng({ width: 3, height: 2, channels: 1, pixels }));
    expect({ width: image.width, height: image.height, channels: image.channels }).toEqual({
      width: 3,
      height: 2,
      channels: 1,
    });
    expect([...image.pixels]).toEqual([0, 1, Math.fround(51 / 255), 0, 1, 0]);
  });

  it('keeps three channels', () => {
    const pixels = Float32Array.of(1, 0, 0);
    expect(decodePng(encodePng({ width: 1, height: 1, channels: 3, pixels })).pixels).toEqual(
      pixels,
    );
  });

  it('rejects sizes that disagree with the pixels', () => {
    const image = { width: 4, height: 4, channels: 1, pixels: new Float32Array(15) } as const;
    expect(() => encodePng(image)).toThrow('image.pixels.length must be 4 x 4 x 1 = 16, got 15');
  });
});
