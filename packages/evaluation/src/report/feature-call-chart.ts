import { PAINTS, type Paint } from './paint.js';
import type { PolicyResult } from './report-model.js';
import { chart, element, text } from './svg.js';

const WIDTH = 860;
const LEFT = 200;
const BAR_WIDTH = 520;
const BAR_HEIGHT = 18;
const ROW = 26;

/** Feature calls of one policy, by colour. */
interface Bar extends Readonly<Record<Paint, number>> {
  readonly label: string;
}

/** One bar a policy: feature calls that the model computed, those computed in part, those answered by a forecast. */
export function featureCallChart(results: readonly PolicyResult[]): string {
  const bars = results.flatMap(countedBar);
  const most = bars.reduce((largest, bar) => Math.max(largest, lengthOf(bar)), 1);
  const scale = BAR_WIDTH / most;
  const rows = bars.map((bar, i) => {
    const y = i * ROW + 4;
    const baseline = y + BAR_HEIGHT - 5;
    const counts = PAINTS.map((paint) => bar[paint]).join(' + ');
    return [
      text(bar.label, { class: 'label', x: LEFT - 10, y: baseline, 'text-anchor': 'end' }),
      ...drawBar(bar, { y, scale }),
      text(counts, { class: 'tick', x: LEFT + lengthOf(bar) * scale + 8, y: baseline }),
    ].join('');
  });
  const size = { width: WIDTH, height: bars.length * ROW + 8 };
  return chart(size, 'Feature calls computed, computed in part and forecast, per policy', rows);
}

/** No bar for a policy whose feature calls nobody counted. */
function countedBar({ label, forwarded, partial, forecast }: PolicyResult): readonly Bar[] {
  if (forwarded === null || partial === null || forecast === null) return [];
  return [{ label, full: forwarded, partial, forecast }];
}

function lengthOf(bar: Bar): number {
  return PAINTS.reduce((sum, paint) => sum + bar[paint], 0);
}

/** The parts of a bar side by side. */
function drawBar(bar: Bar, { y, scale }: { readonly y: number; readonly scale: number }): string[] {
  let x = LEFT;
  return PAINTS.map((paint) => {
    const width = bar[paint] * scale;
    const part = element('rect', { class: paint, x, y, width, height: BAR_HEIGHT });
    x += width;
    return part;
  });
}
