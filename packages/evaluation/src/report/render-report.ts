import { toBase64 } from './base64.js';
import { escapeHtml } from './escape-html.js';
import { featureCallChart } from './feature-call-chart.js';
import type { Report } from './report-model.js';
import { REPORT_STYLE } from './report-style.js';
import { resultTable } from './report-table.js';
import { scatterChart } from './scatter-chart.js';
import { timelineChart } from './timeline-chart.js';

const LEGEND =
  '<p class="legend"><span class="swatch" style="background:var(--full)"></span>computed by the model' +
  '<span class="swatch" style="background:var(--forecast)"></span>forecast or reused</p>';

/**
 * The report as one HTML file: no script, no outside resource, pictures and charts inside. All text is escaped,
 * so labels and file names may come from anywhere.
 */
export function renderReport(report: Report): string {
  const title = escapeHtml(report.title);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`,
    `<title>${title}</title><style>${REPORT_STYLE}</style></head>`,
    `<body><main><h1>${title}</h1>`,
    paragraphs(report.summary),
    section('Results', `<div class="scroll">${resultTable(report.results)}</div>`),
    section('Images', picture(report)),
    section('Quality against speed', figure(scatterChart(report.results), SCATTER_CAPTION)),
    section('Feature calls', LEGEND + figure(featureCallChart(report.results), FEATURE_CAPTION)),
    section(
      'What every call did',
      LEGEND + figure(timelineChart(report.results), TIMELINE_CAPTION),
    ),
    section('Notes', list(report.notes)),
    section('How this was measured', facts(report)),
    '</main></body></html>',
    '',
  ].join('\n');
}

const SCATTER_CAPTION =
  'Up and right is better. PSNR is taken against the full-compute images of the same seeds; policies whose ' +
  'images are identical have no finite PSNR and are left out.';
const FEATURE_CAPTION = 'Calls of single layers over the whole run: computed + forecast.';
const TIMELINE_CAPTION = 'One cell a call of the network, first call left.';

function section(heading: string, content: string): string {
  if (content === '') return '';
  return `<section><h2>${escapeHtml(heading)}</h2>${content}</section>`;
}

function paragraphs(texts: readonly string[]): string {
  return texts.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join('\n');
}

function list(texts: readonly string[]): string {
  if (texts.length === 0) return '';
  return `<ul>${texts.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
}

function figure(content: string, caption: string): string {
  return `<figure class="scroll">${content}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

function picture({ sheet, results }: Report): string {
  const labels = results.map(({ label }) => label).join(', ');
  const alt = escapeHtml(`Generated images, one row a policy from top to bottom: ${labels}`);
  return figure(
    `<img alt="${alt}" src="data:image/png;base64,${toBase64(sheet.png)}">`,
    sheet.caption,
  );
}

function facts(report: Report): string {
  const pairs = report.facts.map(
    ({ name, value }) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`,
  );
  return pairs.length === 0 ? '' : `<dl>${pairs.join('')}</dl>`;
}
