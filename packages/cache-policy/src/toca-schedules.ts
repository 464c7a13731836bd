import type { SiteShape } from './network-shape.js';

/** Kind of a module. */
export type ModuleKind = SiteShape['kind'];

/** Names of the published schedules, and `uniform`: one ratio at every layer, step and module. */
export type TokenScheduleName = 'ddim50' | 'ddpm250' | 'pixart' | 'flux' | 'open-sora' | 'uniform';

/**
 * The constants of one released configuration. With S calls and steps counted as the code counts them, the share of
 * tokens that a module computes is ratio · layer factor · step factor · module factor, each factor but the last a
 * straight line: 1 + weight at the start of its span, 1 - weight at the end (`ramp`). Where steps count up, the codes
 * write the step's lines the other way round: from 1 - weight to 1 + weight.
 */
export interface TokenSchedule {
  /** N: calls from one full call to the next, before `weight` changes it. */
  readonly interval: number;
  /** r: the mean share of tokens that a call between full ones computes. */
  readonly ratio: number;
  /** Whether the code's step is calls - 1 - call, or the call. */
  readonly counts: 'down' | 'up';
  /** A call is full when its step is a multiple of the threshold, or when it is threshold calls after the last full one. */
  readonly fullAt: 'multiple' | 'distance';
  /** Leading calls that are always full; where `fullAt` is `distance`, one alone when the ratio is 0. */
  readonly warmup: number;
  /** Full calls from one full computation of a cross-attention to the next. */
  readonly crossAttentionPeriod: 1 | 2;
  /** w: how much the threshold N / (step's line of w) changes over the run; >= 0 and < 1. */
  readonly weight: number;
  /** Whether the threshold is 2 in the sensitive window, steps 0.2 S to 0.4 S of a count down. */
  readonly window: 'on' | 'off';
  readonly stepWeight: number;
  readonly layerWeight: number;
  /** Layers over which the layer's line falls: a number, or the stack's own layers less one. */
  readonly layerSpan: number | 'stack';
  /** Factor by module; where it is not positive, the module is reused and never computed in part. */
  readonly modules: Readonly<Record<ModuleKind, number>>;
  /** Side of a grid cell in tokens; 0 is off. */
  readonly grid: number;
  /** What the best token of a cell gains, as a share of its score. */
  readonly bonus: number;
}

/** Attention is reused; what it saves goes to the MLP: 1 - 0.4 · 2.5 = 0 and 1 + 0.6 · 2.5. */
const DIT_MODULES = Object.freeze({
  attention: 0,
  'cross-attention': 2.5,
  mlp: 2.5,
  single: 2.5,
});

/** Source: Shenyi-Z/ToCa, `DiT-ToCa/cache_functions`, schedule `ToCa-ddim50`; the README's command line. */
const DDIM50: TokenSchedule = Object.freeze({
  interval: 3,
  ratio: 0.07,
  counts: 'down',
  fullAt: 'multiple',
  warmup: 1,
  crossAttentionPeriod: 1,
  weight: 0.4,
  window: 'on',
  stepWeight: 2,
  layerWeight: -0.2,
  layerSpan: 'stack',
  modules: DIT_MODULES,
  grid: 2,
  bonus: 0.6,
});

/** Source: the same, schedule `ToCa-ddpm250`. */
const DDPM250: TokenSchedule = Object.freeze({
  ...DDIM50,
  interval: 4,
  stepWeight: 0.4,
  layerWeight: 0.8,
});

/**
 * Source: Shenyi-Z/ToCa, `PixArt-alpha-ToCa/diffusion/model/cache_functions`. Self-attention is reused in `PixArt.py`.
 * Its score, the entropy of the cross-attention averaged over both guidance branches, is not offered here.
 */
const PIXART: TokenSchedule = Object.freeze({
  interval: 3,
  ratio: 0.3,
  counts: 'up',
  fullAt: 'multiple',
  warmup: 1,
  crossAttentionPeriod: 1,
  weight: 0.2,
  window: 'off',
  stepWeight: -0.9,
  layerWeight: 0.6,
  layerSpan: 'stack',
  modules: Object.freeze({ attention: 0, 'cross-attention': 0.6, mlp: 1.6, single: 1.6 }),
  grid: 4,
  bonus: 0.4,
});

/**
 * Source: Shenyi-Z/ToCa, `flux-ToCa/src/flux/modules/cache_functions`. Layers count from 0 in either stack, and the
 * span is 27 in both, for 19 double blocks as for 38 single ones.
 */
const FLUX: TokenSchedule = Object.freeze({
  interval: 4,
  ratio: 0.1,
  counts: 'up',
  fullAt: 'distance',
  warmup: 3,
  crossAttentionPeriod: 1,
  weight: 0,
  window: 'off',
  stepWeight: 0,
  layerWeight: 0.5,
  layerSpan: 27,
  modules: Object.freeze({ attention: 0, 'cross-attention': 0.4, mlp: 0.4, single: 1.6 }),
  grid: 0,
  bonus: 0,
});

/**
 * Source: Shenyi-Z/ToCa, `Open-Sora/opensora/models/cache_functions` and `scripts/inference.py`. The periods are written
 * out there: 3 for attention and MLP, 6 for cross-attention. Its cross-attention factor is 1 - 0.67 · 1.5 = -0.005.
 */
const OPEN_SORA: TokenSchedule = Object.freeze({
  interval: 3,
  ratio: 0.1,
  counts: 'up',
  fullAt: 'multiple',
  warmup: 3,
  crossAttentionPeriod: 2,
  weight: 0,
  window: 'off',
  stepWeight: 0,
  layerWeight: 0,
  layerSpan: 'stack',
  modules: Object.freeze({ attention: 0, 'cross-attention': -0.005, mlp: 1.495, single: 1.495 }),
  grid: 0,
  bonus: 0,
});

/** Ours, the control: every module computes the same share in every call between evenly spaced full ones. */
const UNIFORM: TokenSchedule = Object.freeze({
  interval: 3,
  ratio: 0.1,
  counts: 'up',
  fullAt: 'distance',
  warmup: 1,
  crossAttentionPeriod: 1,
  weight: 0,
  window: 'off',
  stepWeight: 0,
  layerWeight: 0,
  layerSpan: 'stack',
  modules: Object.freeze({ attention: 1, 'cross-attention': 1, mlp: 1, single: 1 }),
  grid: 0,
  bonus: 0,
});

/** Every schedule of a method by name. */
export type TokenSchedules = Readonly<Record<TokenScheduleName, TokenSchedule>>;

/** ToCa's schedules. */
export const TOCA_SCHEDULES: TokenSchedules = Object.freeze({
  ddim50: DDIM50,
  ddpm250: DDPM250,
  pixart: PIXART,
  flux: FLUX,
  'open-sora': OPEN_SORA,
  uniform: UNIFORM,
});
