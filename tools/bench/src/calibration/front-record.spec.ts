import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addToRecord, readRecord, rowsAt, type MeasuredRow } from './front-record.js';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'forecache-test-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const row = (set: MeasuredRow['set'], fullCalls: number, label: string): MeasuredRow => ({
  set,
  fullCalls,
  family: 'A',
  label,
  calls: fullCalls,
  psnr: { mean: 40, deviation: 1, smallest: 35 },
  relativeError: 0.01,
});

describe('the record of a front', () => {
  it('is empty where there is no file', () => {
    expect(readRecord(join(directory, 'none.json'))).toEqual({
      rows: [],
      climbs: [],
      judged: [],
      path: null,
    });
  });

  it('grows row by row and keeps what it had', () => {
    const file = join(directory, 'front.json');
    const path = { fullCalls: 12, images: 32, walk: 50, sidecar: 50 };
    addToRecord(file, { rows: [row('test', 12, 'a')], path });
    addToRecord(file, { rows: [row('tuning', 12, 'b')] });
    const climbs = [{ fullCalls: 2, schedule: [0, 3], psnr: 20 }];
    addToRecord(file, { rows: [row('test', 9, 'c')], climbs });
    const record = readRecord(file);
    expect(record.rows.map(({ label }) => label)).toEqual(['a', 'b', 'c']);
    expect(record).toMatchObject({ climbs, path, judged: [] });
    expect(rowsAt(record, { set: 'test', fullCalls: 12 }).map(({ label }) => label)).toEqual(['a']);
    expect(readdirSync(directory)).toEqual(['front.json']);
  });

  it('is not taken from a file of something else', () => {
    const file = join(directory, 'other.json');
    writeFileSync(file, '{"format": "other"}');
    expect(() => readRecord(file)).toThrow(
      `${file} must be of format "forecache calibration front"`,
    );
  });
});
