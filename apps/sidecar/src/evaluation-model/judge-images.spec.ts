import type { Classifier } from './classifier.js';
import { judgeImages, LEAST_FOR_FRECHET, speedupOf } from './judge-images.js';

const EDGE = 11;

function greys(...values: number[]) {
  return values.map((value) => ({
    width: EDGE,
    height: EDGE,
    channels: 1 as const,
    pixels: new Float32Array(EDGE * EDGE).fill(value),
  }));
}

/** Sees class 1 everywhere; two features that vary from image to image. */
const classifier: Classifier = {
  judge: async (images) => ({
    logits: images.map(() => Float32Array.of(0, 1)),
    features: images.map((_, i) => Float32Array.of(i % 2, i % 3)),
  }),
  close: async () => undefined,
};
const unit = [
  [1, 0],
  [0, 1],
];
const judges = { classifier, reference: { mean: [0, 0], covariance: unit }, labels: [1, 0] };

describe('judgeImages', () => {
  it('compares images with those of the same seeds', async () => {
    // offsets 0.1 and 0: 20 dB and ∞
    const { psnr, ssim } = await judgeImages(greys(0.6, 0.2), greys(0.5, 0.2), judges);
    expect(psnr?.smallest).toBeCloseTo(20, 4);
    expect(psnr?.largest).toBe(Infinity);
    expect(ssim?.largest).toBeCloseTo(1, 9);
  });

  it('compares the reference with nothing', async () => {
    const { psnr, ssim, classAccuracy } = await judgeImages(greys(0.6, 0.2), null, judges);
    expect([psnr, ssim, classAccuracy]).toEqual([null, null, 0.5]);
  });

  it('takes a Fréchet distance of enough images only', async () => {
    const frechet = async (count: number) => {
      const labels = new Array<number>(count).fill(1);
      const images = greys(...new Array<number>(count).fill(0));
      return (await judgeImages(images, null, { ...judges, labels })).frechet;
    };
    expect(await frechet(LEAST_FOR_FRECHET - 1)).toBeNull();
    expect(await frechet(LEAST_FOR_FRECHET)).toBeGreaterThan(0);
  });
});

describe('speedupOf', () => {
  it('divides times of one round by each other', () => {
    // 200 / 100 and 400 / 100
    expect(speedupOf([200, 400], [100, 100])).toMatchObject({ mean: 3, smallest: 2, largest: 4 });
  });
});
