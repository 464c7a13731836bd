import { PAPER_TABLES } from './paper-tables.js';
import { reproduceTable, type ReproducedRow, type Verdict } from './reproduce-table.js';
import type { PaperRow, PaperTable, Schedule } from './paper-table.js';
import { scheduleOf, taylorSeer } from './schedules.js';

const TABLES = PAPER_TABLES.map(reproduceTable);

/** Method, verdict, our TFLOPs, full calls; for rows without a schedule the full calls that the printed cost is. */
type Expected = readonly [string, Verdict, number | null, number];

const TABLE_1: readonly Expected[] = [
  ['[dev]: 50 steps', 'match', 3719.5, 50],
  ['60% steps', 'match', 2231.7, 30],
  ['50% steps', 'match', 1859.75, 25],
  ['40% steps', 'match', 1487.8, 20],
  ['34% steps', 'match', 1264.63, 17],
  ['Δ-DiT (N=2)', 'match', 2480.0, 25],
  ['Δ-DiT (N=3)', 'differs', 2083.36, 17],
  ['FORA (N=3)', 'match', 1320.07, 17],
  ['TeaCache (l=0.4)', 'measured', null, 18.99],
  ['TaylorSeer (N=3, O=2)', 'other-calls', 1339.75, 18],
  ['FORA (N=5)', 'match', 893.54, 12],
  ['ToCa (N=5)', 'match', 1126.76, 12],
  ['DuCa (N=5)', 'other-calls', 978.68, 12],
  ['TeaCache (l=0.6)', 'measured', null, 14.99],
  ['TaylorSeer (N=4, O=2)', 'match', 967.91, 13],
  ['TaylorSeer (N=5, O=2)', 'match', 893.54, 12],
  ['FORA (N=6)', 'match', 744.81, 10],
  ['ToCa (N=8)', 'match', 784.54, 8],
  ['DuCa (N=6)', 'other-calls', 852.4, 10],
  ['TeaCache (l=0.8)', 'measured', null, 12.0],
  ['TaylorSeer (N=6, O=1)', 'match', 744.81, 10],
  ['TaylorSeer (N=6, O=2)', 'match', 744.81, 10],
];

const TABLE_2: readonly Expected[] = [
  ['Original: 50 steps', 'match', 29773.0, 50],
  ['22% steps', 'match', 6550.1, 11],
  ['AdaCache', 'measured', null, 18.78],
  ['FORA (N=3)', 'other-calls', 10127.6, 17],
  ['TeaCache (l=0.2)', 'measured', null, 16.83],
  ['TaylorSeer (N=3, O=1)', 'other-calls', 10127.6, 17],
  ['FORA (N=5)', 'match', 5960.4, 10],
  ['ToCa (N=5, R=90%)', 'match', 7006.2, 10],
  ['DuCa (N=5, R=90%)', 'match', 6483.2, 10],
  ['TeaCache (l=0.4)', 'measured', null, 11.0],
  ['TaylorSeer (N=5, O=1)', 'match', 5960.4, 10],
  ['TaylorSeer (N=6, O=1)', 'other-calls', 5365.1, 9],
];

const TABLE_3: readonly Expected[] = [
  ['DDIM-50 steps', 'match', 23.74, 50],
  ['DDIM-25 steps', 'match', 11.87, 25],
  ['Δ-DiT (N=2)', 'match', 18.04, 26],
  ['Δ-DiT (N=3)', 'match', 16.14, 18],
  ['DDIM-20 steps', 'match', 9.49, 20],
  ['FORA (N=3)', 'differs', 8.56, 18],
  ['ToCa (N=3)', 'match', 10.23, 18],
  ['DuCa (N=3)', 'other-calls', 9.56, 18],
  ['TaylorSeer (N=3, O=3)', 'match', 8.56, 18],
  ['DDIM-15 steps', 'match', 7.12, 15],
  ['FORA (N=4)', 'match', 6.66, 14],
  ['ToCa (N=5)', 'differs', 7.44, 11],
  ['DuCa (N=4)', 'match', 7.61, 14],
  ['TaylorSeer (N=4, O=4)', 'match', 6.66, 14],
  ['DDIM-12 steps', 'match', 5.7, 12],
  ['DDIM-10 steps', 'match', 4.75, 10],
  ['FORA (N=5)', 'match', 5.24, 11],
  ['ToCa (N=6)', 'differs', 7.02, 10],
  ['DuCa (N=5)', 'differs', 6.32, 11],
  ['TaylorSeer (N=5, O=3)', 'match', 5.24, 11],
];

const BY_INTERVAL: readonly (readonly [number, number, number])[] = [
  [3, 8.56, 18],
  [4, 6.66, 14],
  [5, 5.24, 11],
  [6, 4.76, 10],
  [7, 3.82, 8],
];

const TABLE_4: readonly Expected[] = [0, 1, 2, 3, 4].flatMap((order) =>
  BY_INTERVAL.map(
    ([interval, teraFlops, fullCalls]): Expected => [
      `(N=${interval}, O=${order})`,
      'match',
      teraFlops,
      fullCalls,
    ],
  ),
);

const TABLE_5: readonly Expected[] = [
  ['HiDream-Full', 'match', 7780.0, 50],
  ['TeaCache (l1=1)', 'measured', null, 13.16],
  ['TaylorSeer (N=4, O=2)', 'other-calls', 2033.1, 13],
];

const EXPECTED = [TABLE_1, TABLE_2, TABLE_3, TABLE_4, TABLE_5];

const asExpected = ({ method, verdict, ours, impliedFullCalls }: ReproducedRow): Expected => [
  method,
  verdict,
  ours?.teraFlops ?? null,
  ours?.fullCalls ?? impliedFullCalls,
];

const ROWS = TABLES.flatMap(({ number, rows }) => rows.map((row) => ({ number, ...row })));
const rowsOf = (...verdicts: Verdict[]) => ROWS.filter((row) => verdicts.includes(row.verdict));

describe.each(TABLES)('Table $number', ({ number, rows }) => {
  const expected = EXPECTED[number - 1] ?? [];

  it.each(rows.map((row, i) => [row.method, row, expected[i]] as const))(
    '%s is what we found',
    (_method, row, found) => expect(asExpected(row)).toEqual(found),
  );

  it('has all of its rows', () => expect(rows).toHaveLength(expected.length));
});

describe('a row that matches', () => {
  it.each(rowsOf('match'))('Table $number, $method: is within 0.01 TFLOPs', (row) => {
    const difference = (row.ours?.teraFlops ?? NaN) - row.published.teraFlops;
    expect(Math.abs(difference)).toBeLessThan(0.0101);
  });
});

describe('a row that does not', () => {
  it.each(rowsOf('other-calls', 'measured', 'differs'))(
    'Table $number, $method: says why',
    ({ note }) => expect(note).not.toBe(''),
  );

  it.each(rowsOf('other-calls'))('Table $number, $method: has other calls that do', (row) => {
    const difference = (row.fit?.teraFlops ?? NaN) - row.published.teraFlops;
    expect(Math.abs(difference)).toBeLessThan(0.0101);
  });

  it('counts the fits of the rows that differ as well', () => {
    expect(rowsOf('differs').map(({ fit }) => fit?.teraFlops ?? null)).toEqual([
      1686.72,
      null,
      null,
      null,
      null,
    ]);
  });
});

it('three printed speed-ups do not follow from the printed TFLOPs', () => {
  const slips = ROWS.filter(({ impliedSpeedup }) => impliedSpeedup !== null);
  expect(
    slips.map(({ method, published, impliedSpeedup }) => [
      method,
      published.speedup,
      impliedSpeedup,
    ]),
  ).toEqual([
    ['40% steps', 2.62, 2.5],
    ['34% steps', 3.13, 2.94],
    ['DuCa (N=5, R=90%)', 4.48, 4.59],
  ]);
});

describe('what the notes say', () => {
  const [flux, , dit] = PAPER_TABLES;

  function reproduce(table: PaperTable | undefined, schedule: Schedule, fit?: PaperRow['fit']) {
    if (table === undefined) throw new Error('no such table');
    const published = { teraFlops: 1, speedup: 1 };
    const row = { method: 'ours', published, schedule, ...(fit === undefined ? {} : { fit }) };
    const [reproduced] = reproduceTable({ ...table, rows: [row] }).rows;
    return reproduced;
  }

  it('TaylorSeer N=4 on FLUX makes 14 full calls after the released warm-up', () => {
    const row = reproduce(flux, taylorSeer(4, 2, 3));
    expect(row?.ours).toMatchObject({ teraFlops: 1042.28, fullCalls: 14 });
  });

  it('FORA’s own code makes 11 full calls at N=5 and 10 at N=6, ToCa’s FLUX code 10 and 9', () => {
    const fullCalls = [5, 6].flatMap((interval) =>
      [
        scheduleOf('fora', { interval }),
        scheduleOf('toca', { schedule: 'flux', interval, ratio: 0 }),
      ].map((schedule) => reproduce(flux, schedule)?.ours?.fullCalls),
    );
    expect(fullCalls).toEqual([11, 10, 10, 9]);
  });

  it('25 calls without the single blocks at 24.81 are the other half of Δ-DiT N=2', () => {
    const ours = reproduce(flux, scheduleOf('delta-dit', { schedule: 'flux', interval: 2 }))?.ours;
    expect((ours?.teraFlops ?? NaN) - 25 * 74.39).toBeCloseTo(25 * 24.81, 6);
  });

  it('TeaCache’s rows on FLUX are within 0.01 of 19, 15 and 12 calls of 74.363', () => {
    const printed = TABLES[0]?.rows.filter(({ method }) => method.startsWith('TeaCache')) ?? [];
    const distances = [19, 15, 12].map((calls, i) =>
      Math.abs(calls * 74.363 - (printed[i]?.published.teraFlops ?? NaN)),
    );
    expect(printed).toHaveLength(3);
    for (const distance of distances) expect(distance).toBeLessThan(0.01);
  });

  it('DuCa N=4 with three first blocks is 7.66, and N=5 counted as on PixArt 6.28', () => {
    const schedule = scheduleOf('duca', { schedule: 'ddim50', interval: 4 });
    const more = reproduce(dit, schedule, { schedule, calls: [[3, 'first-block']] });
    expect(more?.fit?.teraFlops).toBe(7.66);
    const pixart = scheduleOf('duca', { schedule: 'ddim50', interval: 5, phase: 'pixart' });
    expect(reproduce(dit, pixart)?.ours?.teraFlops).toBe(6.28);
  });

  it('TeaCache’s row on HiDream is full compute over the printed speed-up', () => {
    expect((7780 / 3.8).toFixed(1)).toBe('2047.4');
  });
});
