import { spreadOf } from '../statistics/spread.js';
import { createAxis } from './axis.js';
import { toBase64 } from './base64.js';
import { escapeHtml } from './escape-html.js';
import { formatNumber, formatPercent, formatSpeedup, formatSpread } from './format-number.js';
import { renderReport } from './render-report.js';
import { resultText } from './report-table.js';
import type { PolicyResult, Report } from './report-model.js';

const spread = (mean: number) => ({
  mean,
  deviation: 0.5,
  smallest: mean - 1,
  largest: mean + 1,
  count: 8,
});

const full: PolicyResult = {
  label: 'full',
  policy: 'full()',
  actions: ['full', 'full'],
  forwarded: 38,
  partial: 0,
  forecast: 0,
  wallMs: 2000,
  speedup: spreadOf([1]),
  psnr: null,
  ssim: null,
  classAccuracy: 1,
  frechet: null,
};
const fast: PolicyResult = {
  ...full,
  label: 'FORA N=2',
  policy: 'fora(interval=2)',
  actions: ['full', 'reuse'],
  forwarded: 22,
  forecast: 16,
  wallMs: 1000,
  speedup: spreadOf([1.5, 2.5]),
  psnr: spread(31),
  ssim: spread(0.9),
};

function report(changes: Partial<Report> = {}): Report {
  return {
    title: 'quickstart',
    summary: ['two policies'],
    results: [full, fast],
    sheet: { png: Uint8Array.of(1, 2, 3), caption: 'images' },
    facts: [{ name: 'cores', value: '2' }],
    notes: ['a note'],
    ...changes,
  };
}

describe('formatSpeedup', () => {
  it('names the range when there were several rounds', () => {
    expect(formatSpeedup(spreadOf([2]))).toBe('2.00×');
    expect(formatSpeedup(spreadOf([1.5, 2.5]))).toBe('2.00× (1.50–2.50)');
    expect(formatSpeedup(null)).toBe('–');
  });
});

describe('renderReport', () => {
  it('is one file that loads nothing', () => {
    const html = renderReport(report());
    expect(html).not.toMatch(/(src|href)="(?!data:)/);
    expect(html).not.toContain('<script');
    expect(html).toContain('data:image/png;base64,AQID');
  });

  it('escapes every text', () => {
    const evil = '"><script>alert(1)</script>';
    const html = renderReport(
      report({
        title: evil,
        summary: [evil],
        results: [{ ...fast, label: evil, policy: evil }],
        sheet: { png: Uint8Array.of(0), caption: evil },
        facts: [{ name: evil, value: evil }],
        notes: [evil],
      }),
    );
    expect(html).not.toContain('<script');
  });

  it('gives charts and pictures names for those who cannot see them', () => {
    const html = renderReport(report());
    expect(html.match(/<svg[^>]*role="img" aria-label="[^"]+"/g)).toHaveLength(3);
    expect(html).toContain(
      'alt="Generated images, one row a policy from top to bottom: full, FORA N=2"',
    );
  });

  it('draws a point for policies with a finite PSNR and no NaN anywhere', () => {
    const identical = { ...fast, label: 'same', psnr: { ...spread(Infinity), deviation: 0 } };
    const html = renderReport(report({ results: [full, fast, identical] }));
    expect(html).toContain('<title>FORA N=2: 31.00 dB at 2.00×</title>');
    expect(html).not.toContain('<title>same');
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('draws calls and feature calls that were computed in part in a colour of their own', () => {
    const toca: PolicyResult = {
      ...fast,
      label: 'ToCa N=2',
      actions: ['full', 'partial', 'reuse', 'full'],
      partial: 5,
    };
    const html = renderReport(report({ results: [toca] }));
    // Four cells of 560 / 4 = 140 pixels from 200 on.
    const starts = (kind: string) => {
      const path = new RegExp(`<path class="${kind}" d="([^"]*)"`).exec(html)?.[1] ?? '';
      return [...path.matchAll(/M(\d+)/g)].map(([, x]) => Number(x));
    };
    expect([starts('full'), starts('partial'), starts('forecast')]).toEqual([
      [200, 620],
      [340],
      [480],
    ]);
    // 22, 5 and 16 of 43 feature calls over 520 pixels: the parts of a bar touch.
    const parts = [...html.matchAll(/<rect class="(\w+)" x="([\d.]+)" y="4" width="([\d.]+)"/g)];
    expect(parts.map(([, kind, x, width]) => [kind, Number(x), Number(width)])).toEqual([
      ['full', 200, 266.05],
      ['partial', 466.05, 60.47],
      ['forecast', 526.51, 193.49],
    ]);
    expect(html).toContain('>22 + 5 + 16</text>');
  });

  it('explains every colour of both charts', () => {
    const html = renderReport(report());
    for (const colour of ['--full', '--partial', '--forecast']) {
      expect(
        html.match(new RegExp(`class="swatch" style="background:var\\(${colour}\\)`, 'g')),
      ).toHaveLength(2);
      // Once for light pages and once for dark ones.
      expect(html.match(new RegExp(`${colour}: #`, 'g'))).toHaveLength(2);
    }
  });

  it('survives no results at all', () => {
    expect(renderReport(report({ results: [], notes: [], facts: [] }))).not.toMatch(/NaN|Infinity/);
  });
});

describe('resultText', () => {
  it('aligns columns and hides the Fréchet distance nobody measured', () => {
    const lines = resultText([full, fast]).split('\n');
    expect(lines[0]).toMatch(
      /^policy +calls full \/ partial \/ forecast +features forwarded \/ partial \/ forecast .* class accuracy$/,
    );
    expect(lines[2]).toMatch(/^full +2 \/ 0 \/ 0 +38 \/ 0 \/ 0 +2\.00 +1\.00× +– +– +100 %$/);
    expect(lines[3]).toContain('31.0 ± 0.5');
  });

  it('shows it where it was measured', () => {
    expect(resultText([{ ...full, frechet: 3.14159 }])).toMatch(/Fréchet[\s\S]*3\.14$/);
  });
});

describe('createAxis', () => {
  it('ends on round numbers around the values', () => {
    expect(createAxis([21, 39], { from: 0, to: 100 }).ticks).toEqual([20, 25, 30, 35, 40]);
  });

  it.each([[[]], [[NaN, Infinity]], [[3]], [[0, 0]]])('is finite for %j', (values) => {
    const axis = createAxis(values, { from: 0, to: 100 });
    expect(axis.ticks.length).toBeGreaterThan(1);
    expect(axis.ticks.every((tick) => Number.isFinite(axis.toPixel(tick)))).toBe(true);
  });
});

describe('numbers and text', () => {
  it('prints missing and infinite numbers as signs', () => {
    expect([formatNumber(null, 1), formatNumber(NaN, 1), formatNumber(Infinity, 1)]).toEqual([
      '–',
      '–',
      '∞',
    ]);
    expect(formatNumber(-Infinity, 1)).toBe('−∞');
    expect(formatSpread(null, 1)).toBe('–');
    expect([formatPercent(0.875), formatPercent(null)]).toEqual(['88 %', '–']);
  });

  it('encodes base64 with padding', () => {
    const encode = (text: string) => toBase64(new Uint8Array(Buffer.from(text)));
    expect(['', 'f', 'fo', 'foo', 'foob'].map(encode)).toEqual([
      '',
      'Zg==',
      'Zm8=',
      'Zm9v',
      'Zm9vYg==',
    ]);
  });

  it('drops control characters and escapes quotes', () => {
    expect(escapeHtml('a\u0000<b>&"\'')).toBe('a&lt;b&gt;&amp;&quot;&#39;');
  });
});
