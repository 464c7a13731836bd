// Original file: protos/forecache/v1/cache.proto

import type { Tensor as _forecache_v1_Tensor, Tensor__Output as _forecache_v1_Tensor__Output } from '../../forecache/v1/Tensor.js';
import type { SharedRegion as _forecache_v1_SharedRegion, SharedRegion__Output as _forecache_v1_SharedRegion__Output } from '../../forecache/v1/SharedRegion.js';

export interface FeatureCall {
  'site'?: (string);
  'input'?: (_forecache_v1_Tensor | null);
  'computed'?: (_forecache_v1_Tensor | null);
  'output'?: (_forecache_v1_SharedRegion | null);
  'value'?: "input"|"computed";
}

export interface FeatureCall__Output {
  'site': (string);
  'input'?: (_forecache_v1_Tensor__Output | null);
  'computed'?: (_forecache_v1_Tensor__Output | null);
  'output': (_forecache_v1_SharedRegion__Output | null);
  'value'?: "input"|"computed";
}
