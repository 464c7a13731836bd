// Original file: protos/forecache/v1/cache.proto

import type { Tensor as _forecache_v1_Tensor, Tensor__Output as _forecache_v1_Tensor__Output } from '../../forecache/v1/Tensor.js';
import type { SharedRegion as _forecache_v1_SharedRegion, SharedRegion__Output as _forecache_v1_SharedRegion__Output } from '../../forecache/v1/SharedRegion.js';

export interface RunNetworkRequest {
  'runId'?: (string);
  'branch'?: (string);
  'callIndex'?: (number);
  'input'?: (_forecache_v1_Tensor | null);
  'output'?: (_forecache_v1_SharedRegion | null);
}

export interface RunNetworkRequest__Output {
  'runId': (string);
  'branch': (string);
  'callIndex': (number);
  'input': (_forecache_v1_Tensor__Output | null);
  'output': (_forecache_v1_SharedRegion__Output | null);
}
