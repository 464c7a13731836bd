// Original file: protos/forecache/v1/model_host.proto

import type { TensorType as _forecache_v1_TensorType, TensorType__Output as _forecache_v1_TensorType__Output } from '../../forecache/v1/TensorType.js';

export interface NamedTensorType {
  'name'?: (string);
  'type'?: (_forecache_v1_TensorType | null);
}

export interface NamedTensorType__Output {
  'name': (string);
  'type': (_forecache_v1_TensorType__Output | null);
}
