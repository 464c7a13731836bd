import type { Fit, PaperTable } from './paper-table.js';
import { fewerSteps, FULL_COMPUTE, scheduleOf, taylorSeer } from './schedules.js';

/** A third of the calls full, the others forecast: what 50 calls at N = 3 would be if they were a multiple of 3. */
const A_THIRD: Fit = {
  calls: [
    [50 / 3, 'full'],
    [100 / 3, 'forecast'],
  ],
};
const NOT_A_MULTIPLE = '50 calls at N = 3 have 17 full ones; the printed number has 50/3 of them';
const NO_WARM_UP =
  "TaylorSeer's HunyuanVideo code: a full call every N from call 0 on; the supplement says N = 4";

/** The rows of Table 2: 65 frames of 480 × 640. Schedules: TaylorSeer's HunyuanVideo code, warm-up 1. */
export const TABLE_2 = Object.freeze<PaperTable>({
  number: 2,
  caption: 'text-to-video, HunyuanVideo',
  model: 'hunyuan-video',
  steps: 50,
  decimals: { teraFlops: 1, speedup: 2 },
  rows: [
    {
      method: 'Original: 50 steps',
      published: { teraFlops: 29773.0, speedup: 1 },
      schedule: FULL_COMPUTE,
    },
    {
      method: '22% steps',
      published: { teraFlops: 6550.1, speedup: 4.55 },
      schedule: fewerSteps(11),
    },
    {
      method: 'AdaCache',
      published: { teraFlops: 11182.5, speedup: 2.66 },
      schedule: null,
      note: 'decides from the content; its code for HunyuanVideo is not released',
    },
    {
      method: 'FORA (N=3)',
      published: { teraFlops: 9929.2, speedup: 3 },
      schedule: taylorSeer(3, 0, 1),
      fit: A_THIRD,
      note: NOT_A_MULTIPLE,
    },
    {
      method: 'TeaCache (l=0.2)',
      published: { teraFlops: 10023.9, speedup: 2.97 },
      schedule: null,
      note: 'decides from the content',
    },
    {
      method: 'TaylorSeer (N=3, O=1)',
      published: { teraFlops: 9929.2, speedup: 3 },
      schedule: taylorSeer(3, 1, 1),
      fit: A_THIRD,
      note: NOT_A_MULTIPLE,
    },
    {
      method: 'FORA (N=5)',
      published: { teraFlops: 5960.4, speedup: 5 },
      schedule: taylorSeer(5, 0, 1),
      note: "TaylorSeer's schedule at order 0; FORA's own code makes 11 full calls",
    },
    {
      method: 'ToCa (N=5, R=90%)',
      published: { teraFlops: 7006.2, speedup: 4.25 },
      schedule: scheduleOf('toca', { schedule: 'flux', interval: 5, warmup: 1, score: 'random' }),
      note: NO_WARM_UP,
    },
    {
      method: 'DuCa (N=5, R=90%)',
      published: { teraFlops: 6483.2, speedup: 4.48 },
      schedule: scheduleOf('duca', { schedule: 'flux', interval: 5, warmup: 1, score: 'random' }),
      note: NO_WARM_UP,
    },
    {
      method: 'TeaCache (l=0.4)',
      published: { teraFlops: 6550.1, speedup: 4.55 },
      schedule: null,
      note: 'decides from the content; the number of the row 22% steps, so skipped calls are not counted',
    },
    {
      method: 'TaylorSeer (N=5, O=1)',
      published: { teraFlops: 5960.4, speedup: 5 },
      schedule: taylorSeer(5, 1, 1),
    },
    {
      method: 'TaylorSeer (N=6, O=1)',
      published: { teraFlops: 5359.1, speedup: 5.56 },
      schedule: taylorSeer(6, 1, 1),
      fit: { calls: [[9, 'full']] },
      note: 'the printed number leaves out the 41 forecast calls, which the row of N = 5 counts',
    },
  ],
});
