import { missingRows } from './missing-rows.js';

const wanted = ['a', 'b', 'c'].map((key) => ({ key, entry: { label: `row ${key}` } }));

describe('missingRows', () => {
  it('names the rows that nobody has measured', () => {
    expect(missingRows(wanted, [{ key: 'b' }])).toEqual([
      'Not measured yet, 2 of 3 rows: row a, row c.',
    ]);
  });

  it('says nothing when all are there', () => {
    expect(missingRows(wanted, [...wanted, { key: 'left the line-up' }])).toEqual([]);
  });
});
