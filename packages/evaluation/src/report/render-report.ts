import { featureCallChart } from './feature-call-chart.js';
import {
  factList,
  figure,
  htmlPage,
  list,
  paragraphs,
  scrolling,
  section,
  sheetFigure,
} from './html-page.js';
import { legend } from './paint.js';
import type { Report } from './report-model.js';
import { resultTable } from './report-table.js';
import { scatterChart } from './scatter-chart.js';
import { timelineChart } from './timeline-chart.js';

/**
 * The report as one HTML file: no script, no outside resource, pictures and charts inside. All text is escaped,
 * so labels and file names may come from anywhere.
 */
export function renderReport(report: Report): string {
  const { results, sheet } = report;
  const labels = results.map(({ label }) => label);
  return htmlPage(report.title, [
    paragraphs(report.summary),
    section('Results', scrolling(resultTable(results))),
    section('Images', sheetFigure(sheet, labels)),
    section('Quality against speed', figure(scatterChart(results), SCATTER_CAPTION)),
    section('Feature calls', legend() + figure(featureCallChart(results), FEATURE_CAPTION)),
    section('What every call did', legend() + figure(timelineChart(results), TIMELINE_CAPTION)),
    section('Notes', list(report.notes)),
    section('How this was measured', factList(report.facts)),
  ]);
}

const SCATTER_CAPTION =
  'Up and right is better. PSNR is taken against the full-compute images of the same seeds; policies whose ' +
  'images are identical have no finite PSNR and are left out.';
const FEATURE_CAPTION =
  'Calls of single layers over the whole run: computed + computed in part + forecast.';
const TIMELINE_CAPTION = 'One cell a call of the network, first call left.';
