// Original file: protos/forecache/v1/model_host.proto

import type { Tensor as _forecache_v1_Tensor, Tensor__Output as _forecache_v1_Tensor__Output } from '../../forecache/v1/Tensor.js';
import type { SharedRegion as _forecache_v1_SharedRegion, SharedRegion__Output as _forecache_v1_SharedRegion__Output } from '../../forecache/v1/SharedRegion.js';

export interface ForwardRequest {
  'runId'?: (string);
  'branch'?: (string);
  'callIndex'?: (number);
  'site'?: (string);
  'input'?: (_forecache_v1_Tensor | null);
  'output'?: (_forecache_v1_SharedRegion | null);
  'keep'?: (boolean);
}

export interface ForwardRequest__Output {
  'runId': (string);
  'branch': (string);
  'callIndex': (number);
  'site': (string);
  'input': (_forecache_v1_Tensor__Output | null);
  'output': (_forecache_v1_SharedRegion__Output | null);
  'keep': (boolean);
}
