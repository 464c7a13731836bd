import type { PaperTable } from './paper-table.js';
import { FULL_COMPUTE, taylorSeer } from './schedules.js';

/** The rows of Table 5. Schedule: TaylorSeer's HiDream code, warm-up 1. */
export const TABLE_5 = Object.freeze<PaperTable>({
  number: 5,
  caption: 'text-to-image, HiDream-I1-Full',
  model: 'hidream-i1-full',
  steps: 50,
  decimals: { teraFlops: 1, speedup: 1 },
  rows: [
    {
      method: 'HiDream-Full',
      published: { teraFlops: 7780.0, speedup: 1 },
      schedule: FULL_COMPUTE,
    },
    {
      method: 'TeaCache (l1=1)',
      published: { teraFlops: 2047.4, speedup: 3.8 },
      schedule: null,
      note: 'decides from the timestep embedding, which takes the weights; the printed cost is 7780.0 / 3.8, full compute over the printed speed-up',
    },
    {
      method: 'TaylorSeer (N=4, O=2)',
      published: { teraFlops: 1945.0, speedup: 4 },
      schedule: taylorSeer(4, 2, 1),
      fit: { calls: [[12.5, 'full']] },
      note: 'a quarter of full compute, 7780.0 / 4; a schedule has a whole number of full calls and forecast calls that cost something',
    },
  ],
});
