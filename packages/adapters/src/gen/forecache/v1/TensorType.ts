// Original file: protos/forecache/v1/model_host.proto

import type { Dtype as _forecache_v1_Dtype, Dtype__Output as _forecache_v1_Dtype__Output } from '../../forecache/v1/Dtype.js';

export interface TensorType {
  'dtype'?: (_forecache_v1_Dtype);
  'shape'?: (number)[];
}

export interface TensorType__Output {
  'dtype': (_forecache_v1_Dtype__Output);
  'shape': (number)[];
}
