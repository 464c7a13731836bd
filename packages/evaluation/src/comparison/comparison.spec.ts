import { spreadOf } from '../statistics/spread.js';
import { groupByMethod, type ComparedRow } from './compared-row.js';
import { comparisonChart } from './comparison-chart.js';
import { comparisonTable } from './comparison-table.js';
import { comparisonMarkdown, renderComparison, type Comparison } from './render-comparison.js';

const full: ComparedRow = {
  key: 'full',
  label: 'full compute',
  method: 'full compute',
  policy: 'full()',
  granularity: 'module',
  images: 2,
  calls: { full: 50, partial: 0, forecast: 0 },
  flops: 5e9,
  flopsSpeedup: 1,
  cacheBytes: 0,
  psnr: null,
  ssim: null,
  classAccuracy: 1,
  frechet: null,
  samplesSha256: '00',
  timing: null,
};
const fora: ComparedRow = {
  ...full,
  key: 'fora',
  label: 'FORA N=5',
  method: 'FORA',
  policy: 'fora(interval=5)',
  calls: { full: 11, partial: 0, forecast: 39 },
  flopsSpeedup: 4.34,
  cacheBytes: 301_056,
  psnr: spreadOf([30, 32]),
  ssim: spreadOf([0.9]),
};
const timing = {
  images: 16,
  batch: 16,
  mode: 'plan',
  rounds: 2,
  msPerImage: spreadOf([10, 20]),
  speedup: spreadOf([2, 4]),
};
const comparison: Comparison = {
  title: 'compare',
  summary: ['two rows'],
  rows: [full, fora],
  sheet: { png: Uint8Array.of(1, 2, 3), caption: 'images' },
  notes: ['a note'],
  facts: [{ name: 'cores', value: '2' }],
};

describe('groupByMethod', () => {
  it('brings rows of one method together, in the order of first rows', () => {
    const rows = ['b', 'a', 'b'].map((method, i) => ({ method, i }));
    expect(groupByMethod(rows).map((group) => group.map(({ i }) => i))).toEqual([[0, 2], [1]]);
    expect(groupByMethod([])).toEqual([]);
  });
});

describe('comparisonTable', () => {
  it('has a column for time and Fréchet distance only where they were measured', () => {
    const heading = (rows: readonly ComparedRow[]) => comparisonTable(rows).text().split('\n')[0];
    expect(heading([full, fora])).not.toMatch(/wall|Fréchet/);
    expect(heading([full, { ...fora, frechet: 3 }])).toMatch(/Fréchet/);
    expect(heading([{ ...full, timing }, fora])).toMatch(/wall/);
  });

  it('prints a row as a paper would', () => {
    const rows = [full, { ...fora, timing, frechet: 3.14159 }];
    expect(comparisonTable(rows).markdown().split('\n')[3]).toMatch(
      /^\| FORA N=5 +\| fora\(interval=5\) @ module \| +11 \/ 0 \/ 39 \| +4\.34× \| 3\.00× \(2\.00–4\.00\) \| 31\.00 ± 1\.41 \| +0\.900 \| +100\.0 % \| +3\.14 \| +294\.0 \|$/,
    );
  });

  it('groups rows by method in every format', () => {
    const again = { ...full, label: 'full, again' };
    const table = comparisonTable([full, fora, again]);
    for (const text of [table.text(), table.markdown(), table.html(), table.csv()]) {
      expect(text.indexOf('full, again')).toBeLessThan(text.indexOf('FORA N=5'));
    }
  });

  it('gives every number a CSV column of its own, not rounded', () => {
    const [names, values] = comparisonTable([{ ...fora, flopsSpeedup: 13 / 3, timing }])
      .csv()
      .split('\n');
    const cells = new Map((names ?? '').split(',').map((name, i) => [name, values?.split(',')[i]]));
    expect(cells.get('flops_speedup')).toBe('4.333333333333333');
    expect(cells.get('wall_speedup_largest')).toBe('4');
    expect(cells.get('frechet_distance')).toBe('');
  });
});

describe('comparisonChart', () => {
  it('is null where nothing was measured', () => {
    expect(comparisonChart([full, fora], { quality: 'frechet', speed: 'flops' })).toBeNull();
    expect(comparisonChart([full, fora], { quality: 'psnr', speed: 'wall' })).toBeNull();
    expect(comparisonChart([], { quality: 'psnr', speed: 'flops' })).toBeNull();
  });

  it('leaves out rows without a finite quality', () => {
    const same = { ...fora, label: 'same', psnr: spreadOf([Infinity]) };
    const scene = comparisonChart([full, fora, same], { quality: 'psnr', speed: 'flops' });
    const titles = scene?.shapes.flatMap((shape) =>
      shape.kind === 'marker' && shape.title !== '' ? [shape.title] : [],
    );
    expect(titles).toEqual(['FORA N=5: 31.00 at 4.34×']);
  });
});

describe('renderComparison', () => {
  it('is one file that loads nothing and has no number that is none', () => {
    const html = renderComparison({ ...comparison, rows: [full, { ...fora, timing, frechet: 3 }] });
    expect(html).not.toMatch(/(src|href)="(?!data:)/);
    expect(html).not.toMatch(/<script|NaN|undefined/);
    expect(html.match(/<svg[^>]*role="img"/g)).toHaveLength(4);
  });

  it('leaves out what was not measured', () => {
    const html = renderComparison({ ...comparison, sheet: null });
    expect(html).not.toMatch(/<img|Quality against time/);
    expect(html.match(/<svg/g)).toHaveLength(1);
  });

  it('escapes every text', () => {
    const evil = '"><script>alert(1)</script>';
    const row = { ...fora, label: evil, method: evil, policy: evil, granularity: evil };
    const html = renderComparison({
      title: evil,
      summary: [evil],
      rows: [row],
      sheet: { png: Uint8Array.of(0), caption: evil },
      notes: [evil],
      facts: [{ name: evil, value: evil }],
    });
    expect(html).not.toContain('<script');
  });
});

describe('comparisonMarkdown', () => {
  it('has title, table, notes and facts, and nothing empty', () => {
    const text = comparisonMarkdown({ ...comparison, summary: [] });
    expect(text).toMatch(/^# compare\n\n\| row/);
    expect(text).toMatch(/\n\n- a note\n\ncores: 2\n$/);
    expect(text).not.toContain('\n\n\n');
  });
});
