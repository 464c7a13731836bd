import type { PolicyChoice, SamplerName } from '@forecache/sidecar';
import type { Granularity } from '@forecache/cache-policy';
import type { ForecastRule } from '@forecache/core';

/** Methods that choose among settings of their own; the page has a row of each. */
export const FAMILIES = Object.freeze([
  'TaylorSeer',
  'FoCa',
  'HiCache',
  'DMD',
  'Spectrum',
  'fewer Euler steps',
  'fewer steps, even',
  'fewer steps, optimised',
] as const);

/** A method of the page. */
export type Family = (typeof FAMILIES)[number];

/** How a candidate is carried out. */
export type Method =
  /** Evenly spaced full calls and one rule between them. */
  | { readonly kind: 'rule'; readonly rule: ForecastRule; readonly granularity: Granularity }
  /** A registered policy with an interval of its own. */
  | { readonly kind: 'policy'; readonly policy: PolicyChoice; readonly granularity: Granularity }
  /** Fewer steps, all computed. */
  | { readonly kind: 'steps'; readonly sampler: SamplerName; readonly times: TimesChoice };

/** Where the steps of a sampler go. */
export type TimesChoice =
  | { readonly kind: 'shifted'; readonly shift: number }
  /** At the preset's full calls. */
  | { readonly kind: 'preset' }
  /** Found by moving steps on the calibration's images. */
  | { readonly kind: 'climbed' };

/** One setting of one method. */
export interface Candidate {
  readonly family: Family;
  /** Names it within all. */
  readonly label: string;
  readonly method: Method;
}

const SHIFTS = [0.5, 0.7, 1.5, 2, 3];
const EVEN: TimesChoice = { kind: 'shifted', shift: 1 };

/** The settings that are tried at a number of full calls of a run. */
export function candidatesFor(fullCalls: number, calls: number): readonly Candidate[] {
  return [
    ...taylorSeer(),
    ...foca(),
    ...hiCache(),
    ...withWarmup(fullCalls, calls),
    ...intervalPolicies(fullCalls, calls),
    ...fewerSteps(),
  ];
}

function taylorSeer(): Candidate[] {
  const forms = ['official', 'newton'] as const;
  const atOutput = [0, 1, 2, 3].flatMap((order) =>
    forms.map((forecaster) => taylorRule(forecaster, order, 'output')),
  );
  const inside = (['hidden', 'module'] as const).flatMap((granularity) =>
    [0, 1, 2].map((order) => taylorRule('official', order, granularity)),
  );
  // Of orders 0 and 1 both forms are the same: reuse, and the line through two features.
  const isTwin = ({ label }: Candidate) => /^TaylorSeer newton order [01] /.test(label);
  return [...atOutput.filter((candidate) => !isTwin(candidate)), ...inside];
}

/** The same forecasts on the schedule of the authors' code, which begins with three full calls. */
function withWarmup(fullCalls: number, calls: number): Candidate[] {
  const wish = { fullCalls, calls, warmup: 3 };
  return (['output', 'module'] as const).flatMap((granularity) => {
    const taylor = intervalPolicy('taylorseer', wish, { order: 2 });
    const own = intervalPolicy('foca', wish, { order: 2 });
    return [
      policyAt('TaylorSeer', 'order 2 after warm-up', { policy: taylor, granularity }),
      policyAt('FoCa', 'literal order 2 after warm-up', { policy: own, granularity }),
    ];
  });
}

function taylorRule(
  forecaster: 'official' | 'newton',
  order: number,
  granularity: Granularity,
): Candidate {
  const rule: ForecastRule = { forecaster, order, growth: 'eager' };
  return ruled('TaylorSeer', `${forecaster} order ${order}`, { kind: 'rule', rule, granularity });
}

function foca(): Candidate[] {
  return (['output', 'module'] as const).flatMap((granularity) =>
    (['literal', 'anchored'] as const).flatMap((variant) =>
      [2, 3].map((order) =>
        ruled('FoCa', `${variant} order ${order}`, {
          kind: 'rule',
          rule: { forecaster: 'foca', variant, order },
          granularity,
        }),
      ),
    ),
  );
}

function hiCache(): Candidate[] {
  return (['output', 'module'] as const).flatMap((granularity) =>
    [0.5, 0.6, 0.7].flatMap((scale) =>
      [1, 2].map((order) =>
        ruled('HiCache', `order ${order} scale ${scale}`, {
          kind: 'rule',
          rule: { forecaster: 'hermite', order, scale, growth: 'eager' },
          granularity,
        }),
      ),
    ),
  );
}

function ruled(
  family: Family,
  setting: string,
  method: Extract<Method, { kind: 'rule' }>,
): Candidate {
  return { family, label: `${family} ${setting} at ${method.granularity}`, method };
}

/** Policies with a schedule of their own: the interval that gives as many full calls, or the next more. */
function intervalPolicies(fullCalls: number, calls: number): Candidate[] {
  return (['output', 'hidden'] as const).flatMap((granularity) => [
    ...[4, 5].map((snapshots) => {
      const policy = intervalPolicy('dmd', { fullCalls, calls, warmup: 3 }, { snapshots });
      return policyAt('DMD', `snapshots ${snapshots}`, { policy, granularity });
    }),
    ...[0.1, 0.001].flatMap((ridge) =>
      [2, 4].map((order) => {
        const place = { fullCalls, calls, warmup: 3 };
        const policy = intervalPolicy('spectrum', place, { ridge, order });
        return policyAt('Spectrum', `order ${order} ridge ${ridge}`, { policy, granularity });
      }),
    ),
  ]);
}

function policyAt(
  family: Family,
  setting: string,
  { policy, granularity }: { readonly policy: PolicyChoice; readonly granularity: Granularity },
): Candidate {
  const label = `${family} ${setting} at ${granularity}`;
  return { family, label, method: { kind: 'policy', policy, granularity } };
}

/** Full calls that are wanted of a schedule with leading full calls. */
export interface IntervalWish {
  readonly fullCalls: number;
  readonly calls: number;
  readonly warmup: number;
}

/** The largest interval with at least as many full calls: the fewest that are enough. */
export function intervalFor({ fullCalls, calls, warmup }: IntervalWish): number {
  let interval = 1;
  while (countFull(interval + 1, { calls, warmup }) >= fullCalls) interval++;
  return interval;
}

/** Full calls of TaylorSeer's schedule: the leading ones, then one every N after the last of them. */
export function countFull(
  interval: number,
  { calls, warmup }: Pick<IntervalWish, 'calls' | 'warmup'>,
): number {
  return warmup + Math.floor((calls - warmup) / interval);
}

function intervalPolicy(
  name: string,
  wish: IntervalWish,
  settings: Readonly<Record<string, number>>,
): PolicyChoice {
  const options = { interval: intervalFor(wish), warmup: wish.warmup, ...settings };
  const texts = Object.entries(options).map(([key, value]) => [key, String(value)]);
  return { name, options: Object.fromEntries(texts) };
}

const SOLVERS = ['euler', 'heun', 'ab2', 'dpmpp-2m', 'unipc'] as const;

function fewerSteps(): Candidate[] {
  const even = SOLVERS.map((sampler) =>
    stepped(sampler === 'euler' ? 'fewer Euler steps' : 'fewer steps, even', sampler, EVEN),
  );
  const shifted = SOLVERS.flatMap((sampler) =>
    SHIFTS.map((shift) => stepped('fewer steps, optimised', sampler, { kind: 'shifted', shift })),
  );
  const placed = SOLVERS.filter((sampler) => sampler !== 'heun').map((sampler) =>
    stepped('fewer steps, optimised', sampler, { kind: 'preset' }),
  );
  const climbed = stepped('fewer steps, optimised', 'ab2', { kind: 'climbed' });
  return [...even, ...shifted, ...placed, climbed];
}

function stepped(family: Family, sampler: SamplerName, times: TimesChoice): Candidate {
  const label = `${sampler} ${timesText(times)}`;
  return { family, label, method: { kind: 'steps', sampler, times } };
}

function timesText(times: TimesChoice): string {
  switch (times.kind) {
    case 'shifted':
      return times.shift === 1 ? 'even' : `shift ${times.shift}`;
    case 'preset':
      return 'at the preset’s times';
    case 'climbed':
      return 'at climbed times';
  }
}
