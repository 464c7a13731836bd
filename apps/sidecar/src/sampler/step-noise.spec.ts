import { createStepNoise } from './step-noise.js';
import { fillNoise } from './noise.js';

describe('createStepNoise', () => {
  it('goes on where the first noise of each image ended', () => {
    const wanted = new Float32Array(9);
    fillNoise(wanted, 12);
    const next = createStepNoise([11, 12], 6);
    const noises = [1, 2].map(() => {
      const target = new Float64Array(6);
      next(target);
      return Float32Array.from(target.subarray(3));
    });
    expect(noises).toEqual([wanted.slice(3, 6), wanted.slice(6, 9)]);
  });

  it('of an image does not depend on the batch', () => {
    const alone = new Float64Array(2);
    createStepNoise([8], 2)(alone);
    const together = new Float64Array(4);
    createStepNoise([7, 8], 4)(together);
    expect(together.slice(2)).toEqual(alone);
    expect(together.slice(0, 2)).not.toEqual(alone);
  });
});
