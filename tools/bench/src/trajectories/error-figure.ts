import { formatPercent, seriesChart, type Scene } from '@forecache/evaluation';
import { ORDERS } from './gap-errors.js';
import { orderErrors, type OrderErrorOptions } from './order-errors.js';
import type { SiteGram } from './record-grams.js';

/** What every order's forecast of every call is off by. */
export function errorFigure({ site, gram }: SiteGram, options: OrderErrorOptions): Scene {
  const calls = orderErrors(gram, options);
  return seriesChart({
    label: `Relative error of forecasts of ${site} by call and order, one full call in ${options.interval}`,
    x: { label: 'call that is forecast', unit: '' },
    y: {
      label: `relative error, ${site}, N = ${options.interval}`,
      unit: '',
      scale: 'logarithmic',
    },
    series: ORDERS.map((order) => ({
      name: order === 0 ? 'order 0 (reuse)' : `order ${order}`,
      points: calls.map(({ call, errors }) => {
        const error = errors[order] ?? NaN;
        return { x: call, y: error, title: `call ${call}: ${formatPercent(error, 2)}` };
      }),
    })),
  });
}
