import { countCalls, type CallAction } from './call-counts.js';
import { paintOf, PAINTS, type Paint } from './paint.js';
import type { PolicyResult } from './report-model.js';
import { chart, element, text } from './svg.js';

const WIDTH = 860;
const LEFT = 200;
const CELLS_WIDTH = 560;
const CELL_HEIGHT = 16;
const ROW = 24;

/** What every call of every policy did, in the colours of the legend: one cell a call. */
export function timelineChart(results: readonly PolicyResult[]): string {
  const longest = results.reduce((most, { actions }) => Math.max(most, actions.length), 1);
  const cell = CELLS_WIDTH / longest;
  const rows = results.map(({ label, actions }, i) => {
    const y = i * ROW + 4;
    const baseline = y + CELL_HEIGHT - 4;
    return [
      text(label, { class: 'label', x: LEFT - 10, y: baseline, 'text-anchor': 'end' }),
      ...PAINTS.map((paint) =>
        element('path', { class: paint, d: cells(actions, { y, cell, paint }) }),
      ),
      text(`${countCalls(actions).full} full`, {
        class: 'tick',
        x: LEFT + CELLS_WIDTH + 10,
        y: baseline,
      }),
    ].join('');
  });
  const size = { width: WIDTH, height: results.length * ROW + 8 };
  return chart(size, 'Action of every call, per policy', rows);
}

/** The cells of one colour as one path. */
function cells(
  actions: readonly CallAction[],
  { y, cell, paint }: { readonly y: number; readonly cell: number; readonly paint: Paint },
): string {
  const width = Math.round(Math.max(cell - 1, cell * 0.7) * 100) / 100;
  return actions
    .flatMap((action, call) => (paintOf(action) === paint ? [call] : []))
    .map(
      (call) =>
        `M${Math.round((LEFT + call * cell) * 100) / 100} ${y}h${width}v${CELL_HEIGHT}h-${width}z`,
    )
    .join('');
}
