import { readGranularity, workOf, type Rows } from './granularity-reading.js';
import { rowName, type GranularityCell } from './granularity-rows.js';

function rowsOf(...measured: readonly [GranularityCell, number, number][]): Rows {
  return Object.fromEntries(
    measured.map(([cell, count, mean]) => {
      const psnr = { mean, deviation: 0, smallest: mean };
      return [rowName(cell, count), { ...cell, count, psnr, relativeError: 0 }];
    }),
  );
}

const atOutput: GranularityCell = { granularity: 'output', schedule: 'preset', weights: 'preset' };
const line: GranularityCell = { granularity: 'hidden', schedule: 'preset', weights: 'line' };

describe('readGranularity', () => {
  it('says how far the best row inside is from the preset, also where it is behind', () => {
    const rows = rowsOf(
      [atOutput, 12, 50],
      [line, 12, 44],
      [{ ...line, schedule: 'even', weights: 'order 1' }, 12, 47],
      [atOutput, 9, 40],
      [line, 9, 41.5],
    );
    expect(readGranularity(rows)).toContain(
      '- hidden, the best of its rows, over the preset at the output: −3.0 dB at 12 full calls ' +
        '(TaylorSeer order 1, evenly spaced), +1.5 dB at 9 full calls ' +
        '(line through the newest two, the preset’s schedule).',
    );
  });

  it('says plainly where nothing inside is closer', () => {
    expect(readGranularity(rowsOf([atOutput, 12, 50], [line, 12, 44]))).toContain(
      '−6.0 dB at 12 full calls (line through the newest two, the preset’s schedule). No gain at any of them.',
    );
  });

  it('compares weights on one schedule and granularity only', () => {
    const rows = rowsOf(
      [line, 12, 44],
      [{ ...line, weights: 'walk' }, 12, 46],
      [{ ...line, weights: 'walk' }, 18, 60],
      [{ ...line, granularity: 'module' }, 18, 50],
    );
    expect(readGranularity(rows)).toContain(
      '- hidden, weights fitted to features on the walk over the line on the same schedule: +2.0 dB at 12 full calls.',
    );
  });

  it('says what is not measured', () => {
    expect(readGranularity({}).split('\n')[1]).toBe(
      '- hidden, the best of its rows, over the preset at the output: not measured.',
    );
  });
});

describe('workOf', () => {
  it('counts forecast calls by their share of a full one', () => {
    // 10 full calls and 40 of a tenth each.
    expect(workOf(10, { fullCallFlops: 100, forecastCallFlops: 10, numbers: 1 }, 50)).toBe(14);
  });
});
