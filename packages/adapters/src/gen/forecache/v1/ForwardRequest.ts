// Original file: protos/forecache/v1/model_host.proto

import type { Tensor as _forecache_v1_Tensor, Tensor__Output as _forecache_v1_Tensor__Output } from '../../forecache/v1/Tensor.js';
import type { SharedRegion as _forecache_v1_SharedRegion, SharedRegion__Output as _forecache_v1_SharedRegion__Output } from '../../forecache/v1/SharedRegion.js';
import type { TokenSelection as _forecache_v1_TokenSelection, TokenSelection__Output as _forecache_v1_TokenSelection__Output } from '../../forecache/v1/TokenSelection.js';

export interface ForwardRequest {
  'runId'?: (string);
  'branch'?: (string);
  'callIndex'?: (number);
  'site'?: (string);
  'input'?: (_forecache_v1_Tensor | null);
  'output'?: (_forecache_v1_SharedRegion | null);
  'keep'?: (boolean);
  'selection'?: (_forecache_v1_TokenSelection | null);
}

export interface ForwardRequest__Output {
  'runId': (string);
  'branch': (string);
  'callIndex': (number);
  'site': (string);
  'input': (_forecache_v1_Tensor__Output | null);
  'output': (_forecache_v1_SharedRegion__Output | null);
  'keep': (boolean);
  'selection': (_forecache_v1_TokenSelection__Output | null);
}
