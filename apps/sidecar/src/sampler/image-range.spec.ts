import { pixelCount, toImages } from './image-range.js';

const grey = { channels: 1, height: 1, width: 3, range: [-1, 1] } as const;

describe('toImages', () => {
  it('maps the range to [0, 1] and clips', () => {
    const [first, second] = toImages(Float32Array.of(-1, 0, 1, -9, 9, 0.5), grey);
    expect([...(first?.pixels ?? [])]).toEqual([0, 0.5, 1]);
    expect([...(second?.pixels ?? [])]).toEqual([0, 1, 0.75]);
  });

  it('interleaves planes of colour', () => {
    const format = { channels: 3, height: 1, width: 2, range: [0, 1] } as const;
    const [image] = toImages(Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6), format);
    expect(Array.from(image?.pixels ?? [], (value) => value.toFixed(1))).toEqual([
      '0.1',
      '0.3',
      '0.5',
      '0.2',
      '0.4',
      '0.6',
    ]);
  });

  it('of nothing is nothing', () => expect(toImages(new Float32Array(), grey)).toEqual([]));
  it('counts numbers of an image', () => expect(pixelCount(grey)).toBe(3));
});
