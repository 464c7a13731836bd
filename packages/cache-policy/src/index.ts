export { createFullPolicy } from './full-policy.js';
export { createFewerStepsPolicy } from './fewer-steps-policy.js';
export { createForaPolicy } from './fora-policy.js';
export { createTaylorSeerPolicy } from './taylorseer-policy.js';
export { createHiCachePolicy } from './hicache-policy.js';
export { createFocaPolicy } from './foca-policy.js';
export { createSpectrumPolicy } from './spectrum-policy.js';
export { createDmdPolicy } from './dmd-policy.js';
export { createAutoPolicy } from './auto-policy.js';
export { createTocaPolicy } from './toca-policy.js';
export { createDucaPolicy } from './duca-policy.js';
export { createDeltaDitPolicy } from './delta-dit-policy.js';
export { createTeaCachePolicy } from './teacache-policy.js';
export { createAdaCachePolicy } from './adacache-policy.js';
export { createMagCachePolicy } from './magcache-policy.js';
export { createEasyCachePolicy } from './easycache-policy.js';
export { createFirstBlockCachePolicy } from './first-block-cache-policy.js';
export { createScheduledPolicy } from './scheduled-policy.js';
export { withMaxConsecutiveForecasts } from './with-max-consecutive-forecasts.js';
export { withSharedDecision } from './with-shared-decision.js';
export { withStepMask } from './with-step-mask.js';
export { withTail } from './with-tail.js';
export { withWarmup } from './with-warmup.js';
export { compileRunPlan, compileRunSetup } from './run-plan.js';
export { residualSite, sitesOf } from './network-shape.js';
export { decideCall, isFullCall } from './decide-call.js';
export { createPolicy, listPolicies, POLICIES } from './policy-registry.js';
export { MAX_CALLS } from './run-description.js';

// Tables that sister packages compare with what they measure.
export { teaCacheSet } from './teacache-coefficients.js';
export { MAGNITUDE_RATIOS } from './magcache-ratios.js';

export type { FewerStepsOptions } from './fewer-steps-policy.js';
export type { ForaOptions } from './fora-policy.js';
export type { TaylorSeerOptions } from './taylorseer-policy.js';
export type { HiCacheOptions } from './hicache-policy.js';
export { addUpCalls, driftOfGap } from './calibration/gap-cost.js';
export type { CallCost, DriftOptions, GapCost } from './calibration/gap-cost.js';
export { errorGrowth } from './calibration/error-growth.js';
export { findSchedules } from './calibration/find-schedules.js';
export type { PredictedSchedule, ScheduleProblem } from './calibration/find-schedules.js';
export { climbSchedule } from './calibration/climb-schedule.js';
export type { ScheduleClimb } from './calibration/climb-schedule.js';
export { scheduleStarts } from './calibration/schedule-starts.js';
export { refineSchedule } from './calibration/refine-schedule.js';
export type { ScheduleRefinement } from './calibration/refine-schedule.js';
export { fitAll, fitWeightsToWalks } from './calibration/fit-weights.js';
export type { FittedWeights, WeightsProblem } from './calibration/fit-weights.js';
export { createWalkFitter, deviationSquared } from './calibration/walk-fit.js';
export type {
  CallWeights,
  FittedSchedule,
  WalkFitOptions,
  WalkFitter,
  WalkGram,
} from './calibration/walk-fit.js';
export { weightsPlan } from './calibration/weights-plan.js';
export { MAX_SEARCH_HISTORY, searchSchedules } from './calibration/schedule-search.js';
export type { FoundSchedule, ScheduleSearch } from './calibration/schedule-search.js';
export { assertSamplerResponse, callsOf, finalSteps } from './calibration/sampler-response.js';
export type { SamplerResponse } from './calibration/sampler-response.js';
export { chooseVariant, DEFAULT_TARGET_PSNR } from './calibration/choose-variant.js';
export type { VariantWish } from './calibration/choose-variant.js';
export { matchPreset } from './calibration/match-preset.js';
export type { RunIdentity } from './calibration/match-preset.js';
export { isPresetName, PRESET_NAME_RULE } from './calibration/preset-name.js';
export { PRESET_POLICY, parsePresetRequest, schedulePreset } from './calibration/preset-policy.js';
export type { PresetRequest, ScheduledPreset } from './calibration/preset-policy.js';
export { printPreset, readPreset } from './calibration/read-preset.js';
export { stretchVariant } from './calibration/stretch-variant.js';
export type { Stretch } from './calibration/stretch-variant.js';
export type {
  Preset,
  PresetIdentity,
  PresetProvenance,
  PresetVariant,
} from './calibration/preset.js';
export type { FocaOptions } from './foca-policy.js';
export type { SpectrumOptions } from './spectrum-policy.js';
export type { AutoOptions } from './auto-policy.js';
export type { DmdOptions } from './dmd-policy.js';
export type { TocaOptions } from './toca-policy.js';
export type { DucaOptions } from './duca-policy.js';
export type { DeltaDitOptions } from './delta-dit-policy.js';
export type { TeaCacheOptions } from './teacache-options.js';
export type { TeaCacheCoefficientSet } from './teacache-coefficient-set.js';
export type { AdaCacheOptions } from './adacache-policy.js';
export type { MagCacheOptions } from './magcache-policy.js';
export type { EasyCacheOptions } from './easycache-policy.js';
export type { FirstBlockCacheOptions } from './first-block-cache-policy.js';
export type { ScheduledOptions } from './scheduled-policy.js';
export type { CompileRunPlanOptions, RunPlan, RunSetup } from './run-plan.js';
export type { Granularity, NetworkShape, SiteShape } from './network-shape.js';
export type { TokenCache, TokenScore, TokenSelection } from './token-selection.js';
export type { Probe, ProbeKind } from './probe.js';
export type { Action, CallPlan } from './decide-call.js';
export type { PolicySpec } from './policy-registry.js';
export type { OptionDescription, PolicyDescription } from './policy-definition.js';
export type {
  AskTime,
  CachePolicy,
  CallContext,
  CallResult,
  Decision,
  PolicySetup,
  SiteDecision,
  PositionName,
  RunDescription,
} from './cache-policy.js';
