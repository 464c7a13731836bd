import { csvTable, htmlTable, markdownTable, textTable, type Column } from './table.js';

interface Row {
  readonly name: string;
  readonly size: string;
}

const columns: readonly Column<Row>[] = [
  { heading: 'name', isNumber: false, cell: ({ name }) => name, title: ({ size }) => `t${size}` },
  { heading: 'size', isNumber: true, cell: ({ size }) => size },
];
const rows: readonly Row[] = [
  { name: 'a', size: '1' },
  { name: 'long', size: '22' },
];

describe('textTable', () => {
  it('aligns text left and numbers right', () => {
    expect(textTable(columns, rows)).toBe(
      ['name  size', '----  ----', 'a        1', 'long    22'].join('\n'),
    );
  });

  it('counts letters, not code units', () => {
    expect(textTable(columns, [{ name: '𝒩', size: '1' }]).split('\n')[2]).toBe('𝒩        1');
  });

  it('of no rows is the heading', () => {
    expect(textTable(columns, [])).toBe('name  size\n----  ----');
  });
});

describe('markdownTable', () => {
  it('marks columns of numbers and aligns its source', () => {
    expect(markdownTable(columns, rows)).toBe(
      ['| name | size |', '| ---- | ---: |', '| a    |    1 |', '| long |   22 |'].join('\n'),
    );
  });

  it('keeps a cell in its cell', () => {
    const table = markdownTable(columns, [{ name: 'a|b\nc', size: '1' }]);
    expect(table.split('\n')[2]).toBe('| a\\|b c |    1 |');
  });

  it('gives every column at least the three dashes of its rule', () => {
    const narrow = [{ heading: 'N', isNumber: true, cell: () => '1' }];
    expect(markdownTable(narrow, [{}])).toBe(['|   N |', '| --: |', '|   1 |'].join('\n'));
  });
});

describe('htmlTable', () => {
  it('escapes headings, cells and titles', () => {
    const evil = '"><script>';
    const column = { heading: evil, isNumber: false, cell: () => evil, title: () => evil };
    expect(htmlTable([column, column], [{}])).not.toContain('<script');
  });

  it('names rows by their first column', () => {
    expect(htmlTable(columns, rows)).toContain(
      '<tr><th scope="row" title="t1">a</th><td class="number">1</td></tr>',
    );
  });
});

describe('csvTable', () => {
  const csv = (value: string | number | null) =>
    csvTable([{ name: 'x', value: () => value }], [{}]);

  it.each([
    [1 / 3, 'x\n0.3333333333333333\n'],
    [null, 'x\n\n'],
    ['a,b', 'x\n"a,b"\n'],
    ['say "a"', 'x\n"say ""a"""\n'],
    ['a\nb', 'x\n"a\nb"\n'],
    [Infinity, 'x\nInfinity\n'],
  ])('writes %j as RFC 4180 has it', (value, text) => expect(csv(value)).toBe(text));
});
