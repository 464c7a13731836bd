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
  entry('fewer steps', '12 steps', { name: 'fewer-steps', options: { steps: '12' } }),
  entry('FORA', 'FORA N=5', { name: 'fora', options: { interval: '5' } }),
  entry('TaylorSeer', 'TaylorSeer N=5 O=2', {
    name: 'taylorseer',
    options: { interval: '5', order: '2' },
  }),
  entry('HiCache', 'HiCache N=5 O=1', { name: 'hicache', options: { interval: '5' } }),
  entry('FoCa', 'FoCa N=5', { name: 'foca', options: { interval: '5' } }),
  entry('Spectrum', 'Spectrum N=5', { name: 'spectrum', options: { interval: '5' } }),
  entry('DMD', 'DMD N=5', { name: 'dmd', options: { interval: '5' } }),
  entry('auto', 'auto 4 %', { name: 'auto', options: { max_error: '4%' } }),
  entry('Δ-DiT', 'Δ-DiT N=2', { name: 'delta-dit', options: { interval: '2' } }),
  entry('ToCa', 'ToCa N=3', { name: 'toca', options: { interval: '3' } }),
  entry('DuCa', 'DuCa N=3', { name: 'duca', options: { interval: '3' } }),
  entry('TeaCache', 'TeaCache l=0.1', {
    name: 'teacache',
    options: { coefficients: 'demo', threshold: '0.1' },
  }),
  entry('AdaCache', 'AdaCache fast-100', { name: 'adacache', options: {} }),
  entry('MagCache', 'MagCache E=0.12 K=5', {
    name: 'magcache',
    options: { ratios: 'demo', threshold: '0.12' },
  }),
  entry('EasyCache', 'EasyCache τ=0.1', { name: 'easycache', options: { threshold: '0.1' } }),
  entry('first-block cache', 'FBCache d=0.2', {
    name: 'first-block-cache',
    options: { threshold: '0.2' },
  }),
]);

function entry(method: string, label: string, policy: PolicyChoice): LineUpEntry {
  return Object.freeze({ label, method, policy: Object.freeze(policy) });
}
