import type { Granularity } from '@forecache/adapters';
import type { PolicyChoice } from '../generation/generation-job.js';

/** One policy of a comparison. */
export interface LineUpEntry {
  /** Row label, e.g. `TaylorSeer N=5 O=2`. */
  readonly label: string;
  /** Rows of one method stand together and are one line of the chart. */
  readonly method: string;
  readonly policy: PolicyChoice;
  /** Where forecasts are made; left out: the policy's own. */
  readonly granularity?: Granularity;
}

/** What every row is measured against. It is always there, and first. */
export const FULL_ENTRY: LineUpEntry = Object.freeze({
  label: 'full compute',
  method: 'full compute',
  policy: Object.freeze({ name: 'full', options: {} }),
});

/**
 * `--policies all`: every registered policy with settings that make sense at 50 steps of the demo model. A new policy
 * gets a line here.
 */
export const LINE_UP: readonly LineUpEntry[] = Object.freeze([
  entry('12 steps', 'fewer steps', 'fewer-steps', { steps: '12' }),
  entry('FORA N=5', 'FORA', 'fora', { interval: '5' }),
  entry('TaylorSeer N=5 O=2', 'TaylorSeer', 'taylorseer', { interval: '5', order: '2' }),
  entry('HiCache N=5 O=1', 'HiCache', 'hicache', { interval: '5' }),
  entry('FoCa N=5', 'FoCa', 'foca', { interval: '5' }),
  entry('Spectrum N=5', 'Spectrum', 'spectrum', { interval: '5' }),
  entry('DMD N=5', 'DMD', 'dmd', { interval: '5' }),
  entry('Δ-DiT N=2', 'Δ-DiT', 'delta-dit', { interval: '2' }),
  entry('ToCa N=3', 'ToCa', 'toca', { interval: '3' }),
  entry('DuCa N=3', 'DuCa', 'duca', { interval: '3' }),
  entry('TeaCache l=0.3', 'TeaCache', 'teacache', { coefficients: 'demo', threshold: '0.3' }),
  entry('AdaCache fast', 'AdaCache', 'adacache', {}),
  entry('MagCache E=0.12 K=4', 'MagCache', 'magcache', { ratios: 'demo', threshold: '0.12' }),
  entry('EasyCache τ=0.1', 'EasyCache', 'easycache', { threshold: '0.1' }),
  entry('FBCache d=0.1', 'first-block cache', 'first-block-cache', { threshold: '0.1' }),
]);

function entry(
  label: string,
  method: string,
  name: string,
  options: Readonly<Record<string, string>>,
): LineUpEntry {
  return Object.freeze({ label, method, policy: Object.freeze({ name, options }) });
}
