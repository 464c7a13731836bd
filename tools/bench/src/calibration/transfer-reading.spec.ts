import { cellName, sameShare, type TransferRow } from './transfer-cells.js';
import { marginsOf, readTopic } from './transfer-reading.js';

function cellsOf(rows: readonly Omit<TransferRow, 'relativeError' | 'fullCalls'>[]) {
  const all = rows.map((row) => ({ ...row, relativeError: 0.01, fullCalls: [0] }));
  return Object.fromEntries(all.map((row) => [cellName(row), row]));
}

const OTHERS = 'calibrated on the other classes';
const ALL = 'calibrated on all classes';
const CLASSES = cellsOf([
  { topic: 'classes', contestant: OTHERS, at: '5–9', count: 12, psnr: 48 },
  { topic: 'classes', contestant: ALL, at: '5–9', count: 12, psnr: 50 },
  { topic: 'classes', contestant: OTHERS, at: '0–4', count: 9, psnr: 44 },
  { topic: 'classes', contestant: ALL, at: '0–4', count: 9, psnr: 43 },
  { topic: 'classes', contestant: ALL, at: '0–4', count: 18, psnr: 55 },
]);

describe('marginsOf', () => {
  it('compares places where both were measured', () => {
    expect(marginsOf(CLASSES, 'classes', { of: OTHERS, over: ALL })).toEqual([
      { at: '5–9', count: 12, margin: -2 },
      { at: '0–4', count: 9, margin: 1 },
    ]);
  });

  it('leaves out places where both are the same', () => {
    const cells = cellsOf([
      { topic: 'guidance', contestant: 'a', at: '2', count: 12, psnr: 50 },
      { topic: 'guidance', contestant: 'b', at: '2', count: 12, psnr: 50 },
    ]);
    expect(marginsOf(cells, 'guidance', { of: 'a', over: 'b' })).toEqual([]);
  });
});

describe('readTopic', () => {
  it('says how far one is ahead, and where it is not', () => {
    expect(readTopic(CLASSES, 'classes')).toBe(
      `- “${OTHERS}” over “${ALL}”: −0.5 dB on average, from −2.0 (5–9 at 12 full calls) to +1.0 (0–4 at 9 full calls); ahead in 1 of 2.`,
    );
  });

  it('says where nothing was measured', () => {
    expect(readTopic({}, 'classes')).toBe(`- “${OTHERS}” over “${ALL}”: not measured.`);
    expect(readTopic({}, 'runs')).toBe('');
  });

  it('names the fewest runs that come near the best number of runs', () => {
    const psnr = { 1: 40, 4: 49.5, 16: 50, 32: 49 };
    const cells = cellsOf(
      Object.entries(psnr).map(([at, value]) => ({
        topic: 'runs' as const,
        contestant: 'preset',
        at,
        count: 12,
        psnr: value,
      })),
    );
    expect(readTopic(cells, 'runs')).toBe(
      '- 12 full calls: 4 runs come within 1 dB of the best number of runs (50.0 dB).',
    );
  });
});

describe('sameShare', () => {
  it('keeps the share of full calls, at least one', () => {
    expect(sameShare(12, 50)).toBe(12);
    expect(sameShare(12, 100)).toBe(24);
    expect(sameShare(9, 20)).toBe(4); // 3.6
    expect(sameShare(9, 1)).toBe(1);
  });
});
