// Original file: protos/forecache/v1/model_host.proto

import type { Tensor as _forecache_v1_Tensor, Tensor__Output as _forecache_v1_Tensor__Output } from '../../forecache/v1/Tensor.js';

export interface MeasureRequest {
  'runId'?: (string);
  'branch'?: (string);
  'callIndex'?: (number);
  'input'?: (_forecache_v1_Tensor | null);
}

export interface MeasureRequest__Output {
  'runId': (string);
  'branch': (string);
  'callIndex': (number);
  'input': (_forecache_v1_Tensor__Output | null);
}
