import type { CallAction } from './call-counts.js';

/** A colour of the charts: the class of what is drawn in it and, with two dashes, the variable of the style sheet. */
export type Paint = 'full' | 'partial' | 'forecast';

/** All of them, the most computed first. */
export const PAINTS: readonly Paint[] = Object.freeze(['full', 'partial', 'forecast']);

const MEANINGS: Readonly<Record<Paint, string>> = Object.freeze({
  full: 'computed by the model',
  partial: 'computed in part',
  forecast: 'forecast or reused',
});

/** The colour of a call: reuse is a forecast. */
export function paintOf(action: CallAction): Paint {
  return action === 'reuse' ? 'forecast' : action;
}

/** What the colours mean, as markup. */
export function legend(): string {
  const entries = PAINTS.map(
    (paint) => `<span class="swatch" style="background:var(--${paint})"></span>${MEANINGS[paint]}`,
  );
  return `<p class="legend">${entries.join('')}</p>`;
}
