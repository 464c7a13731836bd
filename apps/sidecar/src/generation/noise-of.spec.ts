import { fillNoise } from '../sampler/noise.js';
import { noiseOf } from './noise-of.js';

const format = { channels: 1, height: 2, width: 3, range: [-1, 1] } as const;
const source = { job: { seed: 5 }, format };

describe('noiseOf', () => {
  it('makes image i of a job from seed + i, wherever its batch begins', () => {
    const whole = noiseOf({ first: 0, labels: [0, 1, 2] }, source);
    const rest = noiseOf({ first: 1, labels: [1, 2] }, source);
    expect(rest).toEqual(whole.slice(6));
    const last = new Float32Array(6);
    fillNoise(last, 7);
    expect(whole.slice(12)).toEqual(last);
  });

  it('does not depend on what the images show', () => {
    const labelled = (...labels: number[]) => noiseOf({ first: 0, labels }, source);
    expect(labelled(1, 2)).toEqual(labelled(8, 9));
  });

  it('of no images is nothing', () => {
    expect(noiseOf({ first: 0, labels: [] }, source)).toHaveLength(0);
  });
});
