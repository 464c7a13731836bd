// Writes forecast-weights.json from the built package:
// npx nx build core && node packages/core/golden/generate.mjs && npx prettier --write packages/core/golden
import { writeFileSync } from 'node:fs';

import { featuresRead, forecastWeights } from '../dist/index.js';

const uniform = (first, interval, count) =>
  Array.from({ length: count }, (_, i) => ({
    call: first + i * interval,
    position: first + i * interval,
  }));
const at = (...pairs) => pairs.map(([call, position]) => ({ call, position }));

const EVERY_3 = uniform(2, 3, 5);
const EVERY_5 = uniform(0, 5, 3);
const FALLING = at([0, 49], [1, 48], [4, 45], [7, 42], [10, 39]);
const UNEVEN = at([0, 0], [1, 1], [2, 2], [6, 6], [9, 9], [16, 16]);
const TIMESTEPS = at([0, 999], [1, 982.5], [2, 965.25], [6, 880.125], [10, 771.5]);
const SIGMAS = at([0, 1], [1, 0.9375], [3, 0.8125], [7, 0.5]);

/** [title, rule, history, positions to forecast at] */
const TABLE = [
  ...[0, 1, 2, 3, 4].map((order) => [
    `official, order ${order}, every 3`,
    { forecaster: 'official', order },
    EVERY_3,
    [15, 16],
  ]),
  ['official, order 2, every 5', { forecaster: 'official', order: 2 }, EVERY_5, [11, 14]],
  ['official, one feature', { forecaster: 'official', order: 3 }, uniform(4, 1, 1), [5]],
  ['official, order over history', { forecaster: 'official', order: 8 }, EVERY_5, [12]],
  ['official, falling', { forecaster: 'official', order: 3, warmup: 2 }, FALLING, [38, 37]],
  ['official, uneven', { forecaster: 'official', order: 2, warmup: 3 }, UNEVEN, [17, 20]],
  [
    'official, eager growth',
    { forecaster: 'official', order: 2, growth: 'eager', warmup: 3 },
    UNEVEN.slice(0, 4),
    [7],
  ],
  ['official, timesteps', { forecaster: 'official', order: 1 }, TIMESTEPS, [742.75]],
  ...[0, 1, 2, 3].map((order) => [
    `newton, order ${order}, uneven`,
    { forecaster: 'newton', order },
    UNEVEN,
    [18],
  ]),
  ['newton, timesteps', { forecaster: 'newton', order: 2 }, TIMESTEPS, [742.75, 700]],
  ['newton, sigmas', { forecaster: 'newton', order: 3 }, SIGMAS, [0.4375]],
  ['hermite, order 1', { forecaster: 'hermite', order: 1 }, EVERY_3, [15]],
  ['hermite, order 3', { forecaster: 'hermite', order: 3, scale: 0.25 }, EVERY_3, [15, 16]],
  ['hermite, falling', { forecaster: 'hermite', order: 2, warmup: 2 }, FALLING, [38]],
  ['foca, literal', { forecaster: 'foca' }, EVERY_3, [15, 16]],
  ['foca, anchored', { forecaster: 'foca', variant: 'anchored', order: 3 }, UNEVEN, [18]],
  ['chebyshev, ridge', { forecaster: 'chebyshev', order: 3 }, UNEVEN, [17, 20]],
  [
    'chebyshev, least squares over a span',
    { forecaster: 'chebyshev', order: 2, ridge: 0, window: 4, span: [0, 49] },
    UNEVEN,
    [20],
  ],
];

/** A feature of three elements; any numbers do, as long as they are exact in float32. */
const featureOf = (call) => [(call * call) / 8 - call, ((call * 7) % 11) / 4, 16 - call / 2];

const goldenCase = (title, rule, history, position) => {
  const forecast = forecastWeights({ ...rule, history, at: position });
  const features = history.map(({ call }) => featureOf(call));
  const sum = features[0].map((_, k) =>
    forecast.weights.reduce((total, w, j) => total + w * features.at(-1 - j)[k], 0),
  );
  return {
    title: `${title}, at ${position}`,
    rule,
    history,
    at: position,
    features,
    slots: Math.min(history.length, featuresRead(rule)),
    expected: { weights: forecast.weights, order: forecast.order, forecast: sum },
  };
};

const cases = TABLE.flatMap(([title, rule, history, positions]) =>
  positions.map((position) => goldenCase(title, rule, history, position)),
);
const about =
  'Forecast weights, newest feature first, and the forecasts they make of features, oldest first.';
const path = new URL('forecast-weights.json', import.meta.url);
writeFileSync(path, `${JSON.stringify({ about, cases }, null, 2)}\n`);
