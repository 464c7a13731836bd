import { ForecastError } from '@forecache/core';
import type { FrontOptimizer } from './optimize-front.js';

/**
 * The fewest full calls whose held-out images reach a PSNR, by bisection on walks without moved full calls: quality is
 * taken to rise with full calls. Throws where `most` are too few.
 */
export async function fewestFullCalls(
  optimizer: FrontOptimizer,
  { targetPsnr, most }: { readonly targetPsnr: number; readonly most: number },
): Promise<number> {
  const reaches = async (fullCalls: number) =>
    ((await optimizer.optimize(fullCalls, 0)).variant.psnr ?? -Infinity) >= targetPsnr;
  if (!(await reaches(most))) {
    const message = `target-psnr ${targetPsnr} dB is not reached by ${most} full calls, half of the run: ask for less`;
    throw new ForecastError('failed-precondition', message);
  }
  let [tooFew, enough] = [1, most];
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (await reaches(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}
