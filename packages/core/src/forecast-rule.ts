import { invalidArgument } from './forecast-error.js';

/** Highest difference a forecast may use. Weights grow like 2^order at the end of an interval. */
export const MAX_ORDER = 8;

/** Most stored features a forecast may read. */
export const MAX_HISTORY = MAX_ORDER + 1;

/**
 * When the official ladder may grow. `official`: a difference is formed only at full calls whose index is
 * >= warmup - 1, as in the authors' code; `eager`: as soon as there are two features.
 */
export type GrowthRule = 'official' | 'eager';

/** TaylorSeer: `official` is the authors' recursion, `newton` the polynomial through the features. */
export interface TaylorRule {
  readonly forecaster: 'official' | 'newton';
  /** Highest difference to use, 0 .. MAX_ORDER; fewer when the history is shorter. */
  readonly order: number;
  /** Default `official`. The newton forecaster ignores it. */
  readonly growth?: GrowthRule;
  /** Leading full calls, the authors' `first_enhance`; >= 1, default 1. For the official growth rule. */
  readonly warmup?: number;
}

/** HiCache: the official ladder under scaled Hermite polynomials. */
export interface HermiteRule {
  readonly forecaster: 'hermite';
  /** As in `TaylorRule`. */
  readonly order: number;
  /** The paper's sigma, per unit of position; > 0, default 0.5. The slope is multiplied by 2 sigma^2. */
  readonly scale?: number;
  /** As in `TaylorRule`. */
  readonly growth?: GrowthRule;
  /** As in `TaylorRule`. */
  readonly warmup?: number;
}

/** FoCa: a BDF2 predictor and a Heun corrector, call by call. Positions must be call indices. */
export interface FocaRule {
  readonly forecaster: 'foca';
  /** Where the Heun corrector starts: at the call before (`literal`, default) or at the newest full call. */
  readonly variant?: 'literal' | 'anchored';
  /**
   * Full calls before the newest that the recursion is run from, 0 .. MAX_ORDER. 1 is the line through the
   * last two; default 2, the first that is FoCa; the published recursion forgets none.
   */
  readonly order?: number;
}

/** Spectrum: a ridge regression on Chebyshev polynomials. */
export interface ChebyshevRule {
  readonly forecaster: 'chebyshev';
  /** Degree of the fit, 0 .. MAX_ORDER; lower when the history is shorter. */
  readonly order: number;
  /** Penalty on every coefficient; >= 0, default 0.1. 0 is plain least squares. */
  readonly ridge?: number;
  /** Positions of the run's two ends, which are not the same. Default null: of the fitted features and the target. */
  readonly span?: readonly [number, number] | null;
  /** Newest features that are fitted, order + 1 .. MAX_HISTORY, default MAX_HISTORY. */
  readonly window?: number;
}

/** How positions become weights, without the positions. */
export type ForecastRule = TaylorRule | HermiteRule | FocaRule | ChebyshevRule;

/** The name of a way to turn positions into weights. */
export type ForecasterName = ForecastRule['forecaster'];

/** A rule with its defaults filled in and its bounds checked. */
export type CompiledForecastRule =
  | Required<TaylorRule>
  | Required<HermiteRule>
  | Required<FocaRule>
  | Required<ChebyshevRule>;

/** Fills in defaults. Throws unless every field is within its bounds. */
export function compileForecastRule(rule: ForecastRule): CompiledForecastRule {
  switch (rule.forecaster) {
    case 'official':
    case 'newton':
      return { forecaster: rule.forecaster, ...compileLadder(rule) };
    case 'hermite':
      return compileHermite(rule);
    case 'foca':
      return compileFoca(rule);
    case 'chebyshev':
      return compileChebyshev(rule);
    default:
      throw unknownForecaster(rule);
  }
}

/** Stored features that a rule reads at most, newest first. Older ones change nothing. */
export function featuresRead(rule: ForecastRule): number {
  const compiled = compileForecastRule(rule);
  return compiled.forecaster === 'chebyshev' ? compiled.window : compiled.order + 1;
}

function compileLadder({ order, growth = 'official', warmup = 1 }: TaylorRule | HermiteRule) {
  if (growth !== 'official' && growth !== 'eager') {
    throw invalidArgument('growth', '"official" or "eager"', growth);
  }
  assertOrder(order);
  if (!Number.isInteger(warmup) || warmup < 1) {
    throw invalidArgument('warmup', 'an integer >= 1', warmup);
  }
  return { order, growth, warmup };
}

function compileHermite(rule: HermiteRule): Required<HermiteRule> {
  const { forecaster, scale = 0.5 } = rule;
  if (!Number.isFinite(scale) || scale <= 0) {
    throw invalidArgument('scale', 'a finite number > 0', scale);
  }
  return { forecaster, ...compileLadder(rule), scale };
}

function compileFoca({ forecaster, variant = 'literal', order = 2 }: FocaRule): Required<FocaRule> {
  if (variant !== 'literal' && variant !== 'anchored') {
    throw invalidArgument('variant', '"literal" or "anchored"', variant);
  }
  assertOrder(order);
  return { forecaster, variant, order };
}

function compileChebyshev(rule: ChebyshevRule): Required<ChebyshevRule> {
  const { forecaster, order, ridge = 0.1, window = MAX_HISTORY, span = null } = rule;
  assertOrder(order);
  if (!Number.isFinite(ridge) || ridge < 0) {
    throw invalidArgument('ridge', 'a finite number >= 0', ridge);
  }
  if (!Number.isInteger(window) || window <= order || window > MAX_HISTORY) {
    const bounds = `an integer between order + 1 (${order + 1}) and ${MAX_HISTORY}`;
    throw invalidArgument('window', bounds, window);
  }
  if (span !== null && !(Number.isFinite(span[0] - span[1]) && span[0] !== span[1])) {
    throw invalidArgument('span', 'two different finite numbers', span);
  }
  return { forecaster, order, ridge, window, span };
}

function assertOrder(order: number): void {
  if (!Number.isInteger(order) || order < 0 || order > MAX_ORDER) {
    throw invalidArgument('order', `an integer between 0 and ${MAX_ORDER}`, order);
  }
}

function unknownForecaster(rule: never) {
  const { forecaster } = rule as { readonly forecaster: unknown };
  const names = '"official", "newton", "hermite", "foca" or "chebyshev"';
  return invalidArgument('forecaster', names, forecaster);
}
