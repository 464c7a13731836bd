import { bestOf, chosenRows, fullCallsFor, marginOf } from './front-choose.js';

const row = (family: string, label: string, mean: number) => ({
  family,
  label,
  psnr: { mean, deviation: 0, smallest: mean },
});

const ROWS = [
  row('preset', 'demo', 50),
  row('A', 'a1', 30),
  row('A', 'a2', 41.5),
  row('A', 'a3', 35),
  row('B', 'b1', 40),
];

describe('bestOf', () => {
  it('lists the best settings of one family, best first', () => {
    expect(bestOf(ROWS, 'A', 2).map(({ label }) => label)).toEqual(['a2', 'a3']);
    expect(bestOf(ROWS, 'C', 2)).toEqual([]);
  });
});

describe('chosenRows', () => {
  it('goes by the tuning images, not by the rows themselves', () => {
    const tuning = [row('A', 'a1', 20), row('A', 'a3', 22), row('B', 'b2', 40)];
    // a2 is best among the rows, b1 is not what was chosen
    expect(chosenRows(ROWS, tuning).map(({ label }) => label)).toEqual(['demo', 'a3']);
  });
});

describe('marginOf', () => {
  it('is taken to the best of all others', () => {
    expect(marginOf(ROWS)).toEqual({ preset: 50, rival: 'a2', psnr: 41.5, margin: 8.5 });
  });

  it('is negative where a rival is closer', () => {
    expect(marginOf([row('preset', 'demo', 30), row('A', 'a', 31)])?.margin).toBe(-1);
  });

  it('is null without the preset, and without others', () => {
    expect(marginOf(ROWS.slice(1))).toBeNull();
    expect(marginOf(ROWS.slice(0, 1))).toBeNull();
  });
});

describe('fullCallsFor', () => {
  const front = [
    { fullCalls: 5, psnr: 30 },
    { fullCalls: 7, psnr: 40 },
    { fullCalls: 12, psnr: 50 },
  ];

  it('is the fewest measured that are as close, and the crossing of the line', () => {
    // 40 dB at 7 and 50 at 12: 44 dB is 2 calls further
    expect(fullCallsFor(front, 44)).toEqual({ measured: 12, between: 9 });
    expect(fullCallsFor(front, 40)).toEqual({ measured: 7, between: 7 });
  });

  it('is nothing where the front does not reach, and has no crossing below it', () => {
    expect(fullCallsFor(front, 51)).toEqual({ measured: null, between: null });
    expect(fullCallsFor(front, 20)).toEqual({ measured: 5, between: null });
  });
});
