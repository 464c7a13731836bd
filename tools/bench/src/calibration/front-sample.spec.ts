import { ruleWeights, stepsFor, timesAt } from './front-sample.js';

describe('ruleWeights', () => {
  it('gives every skipped call the rule’s weights on the full calls before it', () => {
    const line = { forecaster: 'newton', order: 1 } as const;
    // call 1 has one feature; 3 and 4 lie half and one gap beyond 0 and 2
    expect(ruleWeights(line, [0, 2], 5)).toEqual([[1], [1.5, -0.5], [2, -1]]);
  });
});

describe('timesAt', () => {
  it('falls from the noise to the image at the schedule’s calls', () => {
    expect(timesAt([0, 1, 2], 4)).toEqual([1, 0.75, 0.5, 0]);
  });
});

describe('stepsFor', () => {
  it('makes as many calls as asked, Heun one more where the number is even', () => {
    // Heun makes 2 steps - 1 calls
    expect([9, 12].map((calls) => 2 * stepsFor('heun', calls) - 1)).toEqual([9, 13]);
    expect(stepsFor('ab2', 12)).toBe(12);
  });
});
