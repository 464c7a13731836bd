import type { CallAction, PolicyResult } from './report-model.js';
import { countCalls } from './report-model.js';
import { chart, element, text } from './svg.js';

const WIDTH = 860;
const LEFT = 200;
const CELLS_WIDTH = 560;
const CELL_HEIGHT = 16;
const ROW = 24;

/** What every call of every policy did: a strong cell is a full call, a pale one was forecast or reused. */
export function timelineChart(results: readonly PolicyResult[]): string {
  const longest = results.reduce((most, { actions }) => Math.max(most, actions.length), 1);
  const cell = CELLS_WIDTH / longest;
  const rows = results.map((result, i) => {
    const y = i * ROW + 4;
    const counts = countCalls(result.actions);
    const baseline = y + CELL_HEIGHT - 4;
    return [
      text(result.label, { class: 'label', x: LEFT - 10, y: baseline, 'text-anchor': 'end' }),
      element('path', { class: 'forecast', d: cells(result.actions, { y, cell, isFull: false }) }),
      element('path', { class: 'full', d: cells(result.actions, { y, cell, isFull: true }) }),
      text(`${counts.full} full`, { class: 'tick', x: LEFT + CELLS_WIDTH + 10, y: baseline }),
    ].join('');
  });
  const size = { width: WIDTH, height: results.length * ROW + 8 };
  return chart(size, 'Action of every call, per policy', rows);
}

function cells(
  actions: readonly CallAction[],
  { y, cell, isFull }: { y: number; cell: number; isFull: boolean },
): string {
  const width = Math.round(Math.max(cell - 1, cell * 0.7) * 100) / 100;
  return actions
    .flatMap((action, call) => ((action === 'full') === isFull ? [call] : []))
    .map(
      (call) =>
        `M${Math.round((LEFT + call * cell) * 100) / 100} ${y}h${width}v${CELL_HEIGHT}h-${width}z`,
    )
    .join('');
}
