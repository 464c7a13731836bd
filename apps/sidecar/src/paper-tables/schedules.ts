import type { Schedule } from './paper-table.js';

/** Every call is computed. */
export const FULL_COMPUTE: Schedule = Object.freeze({ policy: Object.freeze({ name: 'full' }) });

/** Fewer sampler steps, each of them computed. */
export function fewerSteps(steps: number): Schedule {
  return scheduleOf('fewer-steps', { steps });
}

/** The authors' schedule: the warm-up, then a full call every `interval`. Order 0 is reuse. */
export function taylorSeer(interval: number, order: number, warmup: number): Schedule {
  return scheduleOf('taylorseer', { interval, order, warmup });
}

/** A policy by name with its options. */
export function scheduleOf(
  name: string,
  options: Readonly<Record<string, number | string>>,
): Schedule {
  const texts = Object.entries(options).map(([option, value]) => [option, String(value)]);
  return { policy: { name, options: Object.fromEntries(texts) } };
}

/** The same on a host that caches attention before its output projection, which then runs in every call. */
export function projectedAgain(schedule: Schedule): Schedule {
  return { ...schedule, attentionReuse: 'projection' };
}
