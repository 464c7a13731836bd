// Original file: protos/forecache/v1/plan.proto

import type { CallPlan as _forecache_v1_CallPlan, CallPlan__Output as _forecache_v1_CallPlan__Output } from '../../forecache/v1/CallPlan.js';

export interface RunPlan {
  'steps'?: (number);
  'calls'?: (_forecache_v1_CallPlan)[];
}

export interface RunPlan__Output {
  'steps': (number);
  'calls': (_forecache_v1_CallPlan__Output)[];
}
