import { runInProcess, runJson } from '../../test/run-in-process.js';

interface Printed {
  readonly tables: readonly { readonly number: number; readonly rows: readonly object[] }[];
  readonly summary: string;
}

describe('forecache paper-tables', () => {
  it('prints every row of every table', async () => {
    const { tables, summary } = await runJson<Printed>('paper-tables');
    expect(tables.map(({ number, rows }) => [number, rows.length])).toEqual([
      [1, 22],
      [2, 12],
      [3, 20],
      [4, 25],
      [5, 3],
    ]);
    expect(summary).toContain('82 rows: ');
  });

  it('prints one table alone', async () => {
    const { code, out } = await runInProcess('paper-tables', '--table', '5');
    expect([code, out.split('\n')[0]]).toEqual([
      0,
      'Table 5: text-to-image, HiDream-I1-Full, 50 steps',
    ]);
    expect(out).not.toContain('Table 4');
  });

  it('prints the page', async () => {
    expect((await runInProcess('paper-tables', '--markdown')).out).toMatch(
      /^# The cost columns of the paper\n/,
    );
  });

  it.each([
    [['--table', '6'], 'error: table must be an integer between 1 and 5, got "6"'],
    [['--table', '1.0'], 'error: table must be an integer between 1 and 5, got "1.0"'],
    [
      ['--json', '--markdown'],
      'error: format must be --json or --markdown, not both, got "--json --markdown"',
    ],
  ])('rejects %j with one line and code 2', async (args, err) => {
    expect(await runInProcess('paper-tables', ...args)).toEqual({ code: 2, out: '', err });
  });
});
