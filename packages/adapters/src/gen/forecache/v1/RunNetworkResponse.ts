// Original file: protos/forecache/v1/cache.proto

import type { Tensor as _forecache_v1_Tensor, Tensor__Output as _forecache_v1_Tensor__Output } from '../../forecache/v1/Tensor.js';
import type { Action as _forecache_v1_Action, Action__Output as _forecache_v1_Action__Output } from '../../forecache/v1/Action.js';

export interface RunNetworkResponse {
  'output'?: (_forecache_v1_Tensor | null);
  'action'?: (_forecache_v1_Action | null);
}

export interface RunNetworkResponse__Output {
  'output': (_forecache_v1_Tensor__Output | null);
  'action': (_forecache_v1_Action__Output | null);
}
