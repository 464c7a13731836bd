import type { PolicyResult } from './report-model.js';
import { chart, element, text } from './svg.js';

const WIDTH = 860;
const LEFT = 200;
const BAR_WIDTH = 520;
const BAR_HEIGHT = 18;
const ROW = 26;

/** One bar a policy: feature calls that the model computed, then those answered by a forecast. */
export function featureCallChart(results: readonly PolicyResult[]): string {
  const counted = results.flatMap(({ label, forwarded, forecast }) =>
    forwarded === null || forecast === null ? [] : [{ label, forwarded, forecast }],
  );
  const most = counted.reduce((sum, bar) => Math.max(sum, bar.forwarded + bar.forecast), 1);
  const pixels = (count: number) => (count / most) * BAR_WIDTH;
  const bars = counted.map((bar, i) => {
    const y = i * ROW + 4;
    const full = pixels(bar.forwarded);
    const baseline = y + BAR_HEIGHT - 5;
    return [
      text(bar.label, { class: 'label', x: LEFT - 10, y: baseline, 'text-anchor': 'end' }),
      element('rect', { class: 'full', x: LEFT, y, width: full, height: BAR_HEIGHT }),
      element('rect', {
        class: 'forecast',
        x: LEFT + full,
        y,
        width: pixels(bar.forecast),
        height: BAR_HEIGHT,
      }),
      text(`${bar.forwarded} + ${bar.forecast}`, {
        class: 'tick',
        x: LEFT + pixels(bar.forwarded + bar.forecast) + 8,
        y: baseline,
      }),
    ].join('');
  });
  const size = { width: WIDTH, height: counted.length * ROW + 8 };
  return chart(size, 'Feature calls computed by the model and forecast, per policy', bars);
}
