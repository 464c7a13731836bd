// Original file: protos/forecache/v1/tensor.proto

import type { Dtype as _forecache_v1_Dtype, Dtype__Output as _forecache_v1_Dtype__Output } from '../../forecache/v1/Dtype.js';
import type { SharedRegion as _forecache_v1_SharedRegion, SharedRegion__Output as _forecache_v1_SharedRegion__Output } from '../../forecache/v1/SharedRegion.js';
import type { HostHandle as _forecache_v1_HostHandle, HostHandle__Output as _forecache_v1_HostHandle__Output } from '../../forecache/v1/HostHandle.js';

export interface Tensor {
  'dtype'?: (_forecache_v1_Dtype);
  'shape'?: (number)[];
  'inline'?: (Buffer | Uint8Array | string);
  'region'?: (_forecache_v1_SharedRegion | null);
  'handle'?: (_forecache_v1_HostHandle | null);
  'place'?: "inline"|"region"|"handle";
}

export interface Tensor__Output {
  'dtype': (_forecache_v1_Dtype__Output);
  'shape': (number)[];
  'inline'?: (Buffer);
  'region'?: (_forecache_v1_SharedRegion__Output | null);
  'handle'?: (_forecache_v1_HostHandle__Output | null);
  'place'?: "inline"|"region"|"handle";
}
