// Original file: protos/forecache/v1/cache.proto

import type { CallPlan as _forecache_v1_CallPlan, CallPlan__Output as _forecache_v1_CallPlan__Output } from '../../forecache/v1/CallPlan.js';

export interface DecideResponse {
  'plan'?: (_forecache_v1_CallPlan | null);
}

export interface DecideResponse__Output {
  'plan': (_forecache_v1_CallPlan__Output | null);
}
