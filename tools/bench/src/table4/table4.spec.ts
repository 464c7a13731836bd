import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPolicy } from '@forecache/cache-policy';
import { spreadOf, type ComparedRow } from '@forecache/evaluation';
import { PAPER_FULL, paperRow } from './paper-table4.js';
import { renderTable4 } from './render-table4.js';

const LINE_UP = join(__dirname, '../../line-ups/table4.json');

const { entries } = JSON.parse(readFileSync(LINE_UP, 'utf8')) as {
  entries: readonly { label: string; method: string; policy: string }[];
};

/** The policy of an entry as it prints itself. */
function printed(text: string): string {
  const [, name = '', options = ''] = /^([\w-]+)\((.*)\)$/.exec(text) ?? [];
  const pairs = options.split(', ').map((pair) => pair.split('=') as [string, string]);
  return createPolicy({ name, options: Object.fromEntries(pairs) }).toString();
}

const full: ComparedRow = {
  key: 'full',
  label: 'full compute',
  method: 'full compute',
  policy: 'full()',
  granularity: 'module',
  images: 2000,
  calls: { full: 50, partial: 0, forecast: 0 },
  flops: 5e9,
  flopsSpeedup: 1,
  cacheBytes: 0,
  psnr: null,
  ssim: null,
  classAccuracy: 0.98,
  frechet: 4,
  samplesSha256: '00',
  timing: null,
};
const taylorSeer: ComparedRow = {
  ...full,
  key: 't',
  label: 'TaylorSeer N=5 O=2',
  method: 'TaylorSeer O=2',
  policy: 'taylorseer(interval=5, order=2, warmup=2)',
  psnr: spreadOf([30]),
  ssim: spreadOf([0.9]),
  frechet: 5,
};

function cellsOf(rows: readonly ComparedRow[], label: string): readonly string[] {
  const page = renderTable4({ title: 't', summary: [], rows, notes: [], facts: [] }, ['a.svg']);
  const line = page.split('\n').find((text) => text.startsWith(`| ${label} `)) ?? '';
  return line.split('|').map((cell) => cell.trim());
}

describe('the line-up of Table 4', () => {
  it('has every row of the paper’s Table 4', () => {
    const policies = new Set(entries.map(({ policy }) => printed(policy)));
    for (const interval of [3, 4, 5, 6, 7]) {
      for (const order of [0, 1, 2, 3, 4]) {
        const policy = `taylorseer(interval=${interval}, order=${order}, warmup=2)`;
        expect(policies).toContain(policy);
        expect(paperRow(policy)).not.toBeNull();
      }
    }
  });

  it('compares with fewer steps, and names every row once', () => {
    expect(entries.some(({ method }) => method === 'fewer steps')).toBe(true);
    expect(new Set(entries.map(({ label }) => label)).size).toBe(entries.length);
  });
});

describe('paperRow', () => {
  it('has the printed numbers', () => {
    expect(paperRow('taylorseer(interval=7, order=0, warmup=2)')).toEqual({
      speedup: 6.22,
      fid: 12.67,
      sfid: 18.57,
    });
    expect(paperRow('taylorseer(interval=3, order=4, warmup=2)')).toMatchObject({ fid: 2.35 });
    expect(paperRow('full()')).toBe(PAPER_FULL);
  });

  it('is null for a setting that the paper does not have', () => {
    expect(paperRow('taylorseer(interval=5, order=2, warmup=3)')).toBeNull();
  });
});

describe('renderTable4', () => {
  it('shows each measure also as its ratio to its own full compute', () => {
    const cells = cellsOf([full, taylorSeer], 'TaylorSeer N=5 O=2');
    // FID 2.79 / 2.32 = 1.20, sFID 5.87 / 4.32 = 1.36, Fréchet 5 / 4 = 1.25
    expect(cells).toEqual(expect.arrayContaining(['2.79', '1.20', '5.87', '1.36', '5.00', '1.25']));
  });

  it('leaves a dash where the paper or the record has no number', () => {
    const unknown = { ...taylorSeer, policy: 'mine()', frechet: null };
    const cells = cellsOf([full, unknown], 'TaylorSeer N=5 O=2');
    expect(cells.filter((cell) => cell === '–')).toHaveLength(7);
  });

  it('has a column of wall times only where times were taken', () => {
    const speedup = spreadOf([2, 4]);
    const timing = { images: 1, batch: 1, mode: 'plan', rounds: 2, msPerImage: speedup, speedup };
    expect(cellsOf([full, taylorSeer], 'row')).not.toContain('wall speed-up');
    expect(cellsOf([full, { ...taylorSeer, timing }], 'row')).toContain('wall speed-up');
  });

  it('shows its charts', () => {
    const page = renderTable4({ title: 't', summary: [], rows: [], notes: [], facts: [] }, [
      'a.svg',
    ]);
    expect(page).toContain('![Quality against FLOPs speed-up, one line a method](a.svg)');
  });
});
