import { TOCA_SCHEDULES, type TokenSchedules } from './toca-schedules.js';

/**
 * ToCa's schedules with the constants that DuCa changed. Source: Shenyi-Z/DuCa, `DuCa-DiT/cache_functions`,
 * `DuCa-PixArt-alpha/diffusion/model/cache_functions` and the README's command lines. Open-Sora's are ToCa's; for
 * ddpm250 and FLUX none were released.
 */
export const DUCA_SCHEDULES: TokenSchedules = Object.freeze({
  ...TOCA_SCHEDULES,
  ddim50: Object.freeze({ ...TOCA_SCHEDULES.ddim50, ratio: 0.05, bonus: 0.8 }),
  pixart: Object.freeze({ ...TOCA_SCHEDULES.pixart, ratio: 0.75, weight: 0 }),
});
