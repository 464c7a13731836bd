import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onLine, RECORDED_METHODS, recordedPsnr } from './front-table4.js';

const row = (method: string, full: number, mean: number | null) => ({
  method,
  calls: { full },
  psnr: mean === null ? null : { mean },
});
const ROWS = [row('A', 20, 37), row('A', 10, 31), row('B', 14, 99), row('A', 12, null)];

describe('recordedPsnr', () => {
  it('is on the line between the two nearest rows of the method', () => {
    // a tenth of 6 dB a call: 31 + 4 * 0.6
    expect(recordedPsnr(ROWS, { method: 'A', fullCalls: 14 })).toBeCloseTo(33.4, 12);
    expect(recordedPsnr(ROWS, { method: 'A', fullCalls: 10 })).toBe(31);
  });

  it('is null outside of what was measured', () => {
    expect(recordedPsnr(ROWS, { method: 'A', fullCalls: 9 })).toBeNull();
    expect(recordedPsnr(ROWS, { method: 'A', fullCalls: 21 })).toBeNull();
    expect(recordedPsnr(ROWS, { method: 'C', fullCalls: 14 })).toBeNull();
  });

  it('finds every method in the record', () => {
    const file = join(__dirname, '../../../../docs/results/table4.json');
    const { rows } = JSON.parse(readFileSync(file, 'utf8')) as { rows: { method: string }[] };
    const methods = new Set(rows.map(({ method }) => method));
    expect(RECORDED_METHODS.filter((method) => !methods.has(method))).toEqual([]);
  });
});

describe('onLine', () => {
  it('takes points in any order', () => {
    const points = [2, 0, 1].map((x) => ({ x, y: x * x }));
    expect(onLine(points, 1.5)).toBe(2.5);
    expect(onLine([], 1)).toBeNull();
  });
});
