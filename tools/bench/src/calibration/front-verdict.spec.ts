import type { MeasuredRow } from './front-record.js';
import { frontTable, type FrontLine } from './front-tables.js';
import { pathText, verdictOf } from './front-verdict.js';

const row = (fullCalls: number, family: string, mean: number): MeasuredRow => ({
  set: 'test',
  fullCalls,
  family,
  label: `best ${family}`,
  calls: fullCalls,
  psnr: { mean, deviation: 1, smallest: mean - 5 },
  relativeError: 0.01,
});

const line = (fullCalls: number, preset: number, rival: number): FrontLine => ({
  fullCalls,
  rows: [
    row(fullCalls, 'preset', preset),
    row(fullCalls, 'FoCa', rival),
    row(fullCalls, 'DMD', 20),
  ],
});

describe('verdictOf', () => {
  it('says where the margin is reached, and names the rival where not', () => {
    const lines = [line(18, 54, 48.5), line(12, 50, 42), line(9, 44, 35)];
    expect(verdictOf(lines)).toBe(
      'The preset is at least 8 dB ahead of every rival at 12 and 9 full calls.\n\n' +
        '- At 18 full calls it is not: +5.50 dB, the nearest rival is best FoCa.',
    );
  });

  it('does not hide a loss', () => {
    expect(verdictOf([line(18, 40, 41)])).toBe(
      'The preset is nowhere 8 dB ahead of its nearest rival.\n\n' +
        '- At 18 full calls it is not: −1.00 dB, the nearest rival is best FoCa.',
    );
  });
});

describe('frontTable', () => {
  it('has a dash for a method without a row, and margins to all others and to forecasts at the end', () => {
    const { fullCalls, rows } = line(12, 50, 41.5);
    const withSteps = { fullCalls, rows: [...rows, row(12, 'fewer steps, even', 43)] };
    const cells = frontTable([withSteps])
      .split('\n')[2]
      ?.split('|')
      .map((cell) => cell.trim());
    expect(cells?.slice(1, 5)).toEqual(['12', '50.00', '–', '41.50']);
    expect(cells?.slice(-4, -1)).toEqual(['best fewer steps, even', '7.00', '8.50']);
  });
});

describe('pathText', () => {
  const path = { fullCalls: 12, images: 32, walk: 50, sidecar: 50.004 };
  const empty = { rows: [], climbs: [], judged: [] };

  it('calls a hundredth of a dB the same, and no more', () => {
    expect(pathText({ ...empty, path })).toContain(
      '50.004 dB planned by a sidecar and applied by the model’s host: the same.',
    );
    expect(pathText({ ...empty, path: { ...path, sidecar: 49.9 } })).toContain(
      'not the same: 0.10 dB apart.',
    );
    expect(pathText({ ...empty, path: null })).toBe('Not checked yet.');
  });
});
