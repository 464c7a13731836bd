import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAPER_TABLES } from './paper-tables.js';
import { paperTablesMarkdown, printPaperTables, summarise } from './print-paper-tables.js';
import { reproduceTable } from './reproduce-table.js';

const TABLES = PAPER_TABLES.map(reproduceTable);
const PAGE = join(__dirname, '../../../../docs/results/paper-tables.md');

describe('the tables', () => {
  it('end with a summary', () => {
    expect(printPaperTables(TABLES).split('\n').at(-1)).toBe(summarise(TABLES));
    expect(summarise(TABLES)).toBe(
      '82 rows: 62 match to 0.01, 20 differ (reasons above): 8 follow from other calls, ' +
        '7 are decided from measurements, 5 do not follow. ' +
        '3 printed speed-ups do not follow from the printed TFLOPs.',
    );
  });

  it('print numbers as the paper does, the difference with its sign', () => {
    const lines = printPaperTables(TABLES).split('\n');
    const line = lines.find((text) => text.startsWith('DuCa (N=6)')) ?? '';
    expect(line.split(/ {2,}/)).toEqual([
      'DuCa (N=6)',
      'other calls',
      '816.55',
      '852.40',
      '+35.85',
      '4.56',
      '4.36',
      '10 of 50',
      'duca(schedule=flux, interval=6, ratio=0.1)',
    ]);
  });

  it('name the calls that make a printed number', () => {
    expect(printPaperTables(TABLES)).toContain(
      '10 full + 16 tokenwise + 24 double-modulations calls: 816.55.',
    );
  });

  it('are those of the committed page', () => {
    expect(readFileSync(PAGE, 'utf8')).toBe(`${paperTablesMarkdown(TABLES)}\n`);
  });
});
