// Original file: protos/forecache/v1/model_host.proto

import type { NamedTensor as _forecache_v1_NamedTensor, NamedTensor__Output as _forecache_v1_NamedTensor__Output } from '../../forecache/v1/NamedTensor.js';

export interface BranchConditioning {
  'branch'?: (string);
  'batch'?: (number);
  'tensors'?: (_forecache_v1_NamedTensor)[];
}

export interface BranchConditioning__Output {
  'branch': (string);
  'batch': (number);
  'tensors': (_forecache_v1_NamedTensor__Output)[];
}
