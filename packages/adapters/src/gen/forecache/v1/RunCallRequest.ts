// Original file: protos/forecache/v1/model_host.proto

import type { CallPlan as _forecache_v1_CallPlan, CallPlan__Output as _forecache_v1_CallPlan__Output } from '../../forecache/v1/CallPlan.js';
import type { Tensor as _forecache_v1_Tensor, Tensor__Output as _forecache_v1_Tensor__Output } from '../../forecache/v1/Tensor.js';
import type { SharedRegion as _forecache_v1_SharedRegion, SharedRegion__Output as _forecache_v1_SharedRegion__Output } from '../../forecache/v1/SharedRegion.js';

export interface RunCallRequest {
  'runId'?: (string);
  'branch'?: (string);
  'plan'?: (_forecache_v1_CallPlan | null);
  'input'?: (_forecache_v1_Tensor | null);
  'output'?: (_forecache_v1_SharedRegion | null);
}

export interface RunCallRequest__Output {
  'runId': (string);
  'branch': (string);
  'plan': (_forecache_v1_CallPlan__Output | null);
  'input': (_forecache_v1_Tensor__Output | null);
  'output': (_forecache_v1_SharedRegion__Output | null);
}
