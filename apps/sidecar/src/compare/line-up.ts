import type { Granularity } from '@forecache/adapters';
import type { PolicyChoice } from '../generation/generation-job.js';

/** One policy of a comparison. */
export interface LineUpEntry {
  /** Row label, e.g. `TaylorSeer N=5 O=2`. */
  readonly label: string;
  /** Rows of one method stand together and are one line of the chart. */
  readonly method: string;
  readonly policy: PolicyChoice;
  /** Where forecasts are made; left out where the method has no choice of its own. */
  readonly granularity?: Granularity;
}

/** Where forecasts are made when an entry does not say: the paper's branch outputs. */
export const DEFAULT_GRANULARITY: Granularity = 'module';

/** What every row is measured against. It is always there, and first. */
export const FULL_ENTRY: LineUpEntry = Object.freeze({
  label: 'full compute',
  method: 'full compute',
  policy: Object.freeze({ name: 'full', options: {} }),
});

/** `--policies all`: every registered policy with settings that make sense at 50 steps. A new policy gets a line here. */
export const LINE_UP: readonly LineUpEntry[] = Object.freeze([
  {
    label: '12 steps',
    method: 'fewer steps',
    policy: { name: 'fewer-steps', options: { steps: '12' } },
  },
  { label: 'FORA N=5', method: 'FORA', policy: { name: 'fora', options: { interval: '5' } } },
  {
    label: 'TaylorSeer N=5 O=2',
    method: 'TaylorSeer',
    policy: { name: 'taylorseer', options: { interval: '5', order: '2' } },
  },
]);
