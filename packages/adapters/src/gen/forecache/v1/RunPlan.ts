// Original file: protos/forecache/v1/plan.proto

import type { Granularity as _forecache_v1_Granularity, Granularity__Output as _forecache_v1_Granularity__Output } from '../../forecache/v1/Granularity.js';
import type { CallPlan as _forecache_v1_CallPlan, CallPlan__Output as _forecache_v1_CallPlan__Output } from '../../forecache/v1/CallPlan.js';

export interface RunPlan {
  'policy'?: (string);
  'granularity'?: (_forecache_v1_Granularity);
  'steps'?: (number);
  'historySize'?: (number);
  'calls'?: (_forecache_v1_CallPlan)[];
}

export interface RunPlan__Output {
  'policy': (string);
  'granularity': (_forecache_v1_Granularity__Output);
  'steps': (number);
  'historySize': (number);
  'calls': (_forecache_v1_CallPlan__Output)[];
}
