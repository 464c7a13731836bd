import { formatNumber, formatPercent } from '@forecache/evaluation';
import { noiseCosine, type DerivativeFacts } from './derivative-facts.js';
import type { GapError } from './gap-errors.js';
import type { SiteErrors, SiteFacts } from './render-trajectories.js';

/** What the tables are read from. */
export interface Reading {
  readonly facts: readonly SiteFacts[];
  readonly errors: readonly SiteErrors[];
}

/** What the paper says of trajectories, each beside the numbers that speak for or against it here. */
export function readingOf({ facts, errors }: Reading): string {
  return [
    `- **Features form stable trajectories (Fig. 1a, Fig. 8).** Seen here: the first two components hold ${shares(facts, 0)} of the ` +
      `variance, and the curve is smooth but for its first calls, where it zigzags.`,
    `- **Derivatives are similar at adjacent timesteps, with high stability (Fig. 1b, Fig. 9).** Seen in part, for the first ` +
      `derivative: neighbouring differences have a cosine of ${cosines(facts, 1)}, and ${range(facts, 1, ({ cosineLast }) => cosineLast)} in the ` +
      `last fifth. Their first two components hold ${shares(facts, 1)}.`,
    `- **Derivatives of order 2 to 4 show consistent patterns (Fig. 10 to 12).** Not seen here, at any of the four sites. Neighbouring differences point ` +
      `away from each other: cosines of ${cosines(facts, 2)} (order 2), ${cosines(facts, 3)} (order 3) and ${cosines(facts, 4)} (order 4), where ` +
      `features without any relation from call to call have ${noises()}. From order 2 on they grow from order to order, as those of noise ` +
      'do. What is left in their plane is the first and the last few calls. The middle of the run, drawn by itself, is a star from order 2 on: every call jumps across it.',
    `- **Higher orders reduce the error (§3.2).** Seen up to order 2. At N = 5, k = 3, \`hidden\`, orders 0 to 4 of the authors’ formula are off by ` +
      `${errorsAt(errors, ({ official }) => official)}: it divides the i-th difference by i! and takes its factor k^i / N^i below 1, so that higher orders ` +
      `do no harm and no good. The polynomial through the same features is off by ${errorsAt(errors, ({ newton }) => newton)}: its ` +
      'weights grow with the order, and with them what is not smooth.',
    '- **The bounds (eq. 11, 12).** Eq. (11) alone is exceeded by many forecasts of order 1 and above, as it may be: it is for exact derivatives. ' +
      `Eq. (12) was exceeded by ${exceeded(errors)} forecasts of order 1 and above. It says little from order 2 on: at the last call of a gap it is ` +
      `${looseness(errors)} times the error, because it takes the largest derivative of order m + 1, the part that is not smooth. It rises with ` +
      'the order where the error falls, so it cannot be used to choose one. At order 0 the two bounds are the same, and both are exceeded where the ' +
      'feature moves faster than calls were recorded: M is taken at whole calls, and the true supremum lies between them.',
    '- **Caching leaves the trajectory, forecasting follows it.** Only half of it can be seen from full runs. A reused feature lies on the ' +
      'trajectory, where it was some calls ago; a forecast of order 2 lies beside it, near but for the first calls. What a run ' +
      'does that is fed with its own forecasts was not recorded here.',
  ].join('\n');
}

function shares(facts: readonly SiteFacts[], order: number): string {
  const sums = ordersOf(facts, order).map((each) => each.shares[0] + each.shares[1]);
  return `${formatPercent(Math.min(...sums))} to ${formatPercent(Math.max(...sums))}`;
}

function cosines(facts: readonly SiteFacts[], order: number): string {
  return range(facts, order, ({ cosine }) => cosine);
}

/** Least and largest over the sites. */
function range(
  facts: readonly SiteFacts[],
  order: number,
  value: (each: DerivativeFacts) => number,
): string {
  const values = ordersOf(facts, order).map(value);
  return `${formatNumber(Math.min(...values), 2)} to ${formatNumber(Math.max(...values), 2)}`;
}

function ordersOf(facts: readonly SiteFacts[], order: number): readonly DerivativeFacts[] {
  return facts.flatMap(({ orders }) => orders.filter((each) => each.order === order));
}

function noises(): string {
  return [2, 3, 4].map((order) => formatNumber(noiseCosine(order), 2)).join(', ');
}

function errorsAt(errors: readonly SiteErrors[], value: (gap: GapError) => number): string {
  const gaps = errors.find(({ site }) => site === 'hidden')?.gaps ?? [];
  return gaps
    .filter(({ interval, offset }) => interval === 5 && offset === 3)
    .map((gap) => formatPercent(value(gap), 1))
    .join(', ');
}

/** Forecasts of order 1 and above, and how many of them were above eq. (12). */
function exceeded(errors: readonly SiteErrors[]): string {
  const gaps = errors.flatMap((each) => each.gaps).filter(({ order }) => order > 0);
  const sum = (value: (gap: GapError) => number) =>
    gaps.reduce((total, gap) => total + value(gap), 0);
  return `${sum((gap) => gap.aboveComplete)} of ${sum((gap) => gap.forecasts)}`;
}

/** Least and largest ratio of eq. (12) to the error, of order 2 and above at the last call of a gap. */
function looseness(errors: readonly SiteErrors[]): string {
  const ratios = errors
    .flatMap((each) => each.gaps)
    .filter(({ order, interval, offset }) => order >= 2 && offset === interval - 1)
    .map(({ complete, official }) => complete / official);
  return `${formatNumber(Math.min(...ratios), 0)} to ${formatNumber(Math.max(...ratios), 0)}`;
}
