// Original file: protos/forecache/v1/cache.proto

import type { Tensor as _forecache_v1_Tensor, Tensor__Output as _forecache_v1_Tensor__Output } from '../../forecache/v1/Tensor.js';
import type { CallPlan as _forecache_v1_CallPlan, CallPlan__Output as _forecache_v1_CallPlan__Output } from '../../forecache/v1/CallPlan.js';

export interface RunNetworkResponse {
  'output'?: (_forecache_v1_Tensor | null);
  'plan'?: (_forecache_v1_CallPlan | null);
}

export interface RunNetworkResponse__Output {
  'output': (_forecache_v1_Tensor__Output | null);
  'plan': (_forecache_v1_CallPlan__Output | null);
}
