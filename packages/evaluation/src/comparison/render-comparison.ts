import { sceneToSvg } from '../chart/scene-svg.js';
import {
  factList,
  figure,
  htmlPage,
  list,
  paragraphs,
  scrolling,
  section,
  sheetFigure,
} from '../report/html-page.js';
import type { Fact } from '../report/report-model.js';
import type { ComparedRow } from './compared-row.js';
import { comparisonChart } from './comparison-chart.js';
import { comparisonTable } from './comparison-table.js';

/** Everything a comparison's report shows. Every string is plain text. */
export interface Comparison {
  readonly title: string;
  /** Paragraphs under the title. */
  readonly summary: readonly string[];
  readonly rows: readonly ComparedRow[];
  /** PNG of the first images of every row; null for none. */
  readonly sheet: { readonly png: Uint8Array; readonly caption: string } | null;
  /** Things a reader must know before quoting a number. */
  readonly notes: readonly string[];
  readonly facts: readonly Fact[];
}

/** The comparison as one HTML file: no script, no outside resource; all text is escaped. */
export function renderComparison(comparison: Comparison): string {
  const { rows, sheet } = comparison;
  const labels = rows.map(({ label }) => label);
  return htmlPage(comparison.title, [
    paragraphs(comparison.summary),
    section('Results', scrolling(comparisonTable(rows).html())),
    section('Quality against FLOPs', charts(rows, 'flops')),
    section('Quality against time', charts(rows, 'wall')),
    section('Images', sheet === null ? '' : sheetFigure(sheet, labels)),
    section('Notes', list(comparison.notes)),
    section('How this was measured', factList(comparison.facts)),
  ]);
}

/** The comparison as Markdown: table, notes and how it was measured. */
export function comparisonMarkdown(comparison: Omit<Comparison, 'sheet'>): string {
  const { title, summary, rows, notes, facts } = comparison;
  return [
    `# ${title}`,
    ...summary,
    comparisonTable(rows).markdown(),
    notes.map((note) => `- ${note}`).join('\n'),
    facts.map(({ name, value }) => `${name}: ${value}`).join('; '),
  ]
    .filter((block) => block !== '')
    .join('\n\n')
    .concat('\n');
}

function charts(rows: readonly ComparedRow[], speed: 'flops' | 'wall'): string {
  const drawn = (['psnr', 'frechet'] as const).flatMap((quality) => {
    const scene = comparisonChart(rows, { quality, speed });
    return scene === null ? [] : [figure(sceneToSvg(scene), CAPTIONS[quality])];
  });
  return drawn.join('');
}

const CAPTIONS = {
  psnr: 'Up and right is better. Rows whose images are identical to full compute have no finite PSNR and are left out.',
  frechet: 'Down and right is better. Full compute is at 1×.',
};
