export { createFullPolicy } from './full-policy.js';
export { createFewerStepsPolicy } from './fewer-steps-policy.js';
export { createForaPolicy } from './fora-policy.js';
export { createTaylorSeerPolicy } from './taylorseer-policy.js';
export { withMaxConsecutiveForecasts } from './with-max-consecutive-forecasts.js';
export { withStepMask } from './with-step-mask.js';
export { withTail } from './with-tail.js';
export { withWarmup } from './with-warmup.js';
export { compileRunPlan } from './run-plan.js';
export { decideCall } from './decide-call.js';
export { createPolicy, listPolicies, POLICIES } from './policy-registry.js';
export { MAX_CALLS } from './run-description.js';

export type { FewerStepsOptions } from './fewer-steps-policy.js';
export type { ForaOptions } from './fora-policy.js';
export type { TaylorSeerOptions } from './taylorseer-policy.js';
export type { CompileRunPlanOptions, Granularity, RunPlan } from './run-plan.js';
export type { Action, CallPlan } from './decide-call.js';
export type { PolicySpec } from './policy-registry.js';
export type { OptionDescription, PolicyDescription } from './policy-definition.js';
export type {
  AskTime,
  CachePolicy,
  CallContext,
  CallResult,
  Decision,
  PositionName,
  RunDescription,
} from './cache-policy.js';
