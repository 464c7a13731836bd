import type { PaperRow, PaperTable, PublishedCost } from './paper-table.js';
import { taylorSeer } from './schedules.js';

/** As printed, the same for every order. */
const BY_INTERVAL: readonly (readonly [interval: number, published: PublishedCost])[] = [
  [3, { teraFlops: 8.56, speedup: 2.77 }],
  [4, { teraFlops: 6.66, speedup: 3.56 }],
  [5, { teraFlops: 5.24, speedup: 4.53 }],
  [6, { teraFlops: 4.76, speedup: 4.98 }],
  [7, { teraFlops: 3.82, speedup: 6.22 }],
];

const ORDERS: readonly number[] = [0, 1, 2, 3, 4];

/** The rows of Table 4. Speed-ups refer to Table 3's 23.74 TFLOPs. Schedules: TaylorSeer's DiT code, warm-up 2. */
export const TABLE_4 = Object.freeze<PaperTable>({
  number: 4,
  caption: 'ablation of interval and order, DiT-XL/2 on ImageNet',
  model: 'dit-xl-2-256',
  steps: 50,
  decimals: { teraFlops: 2, speedup: 2 },
  rows: ORDERS.flatMap((order) =>
    BY_INTERVAL.map(
      ([interval, published]): PaperRow => ({
        method: `(N=${interval}, O=${order})`,
        published,
        schedule: taylorSeer(interval, order, 2),
      }),
    ),
  ),
});
