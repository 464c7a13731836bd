// Original file: protos/forecache/v1/cache.proto

import type { FeatureSource as _forecache_v1_FeatureSource, FeatureSource__Output as _forecache_v1_FeatureSource__Output } from '../../forecache/v1/FeatureSource.js';
import type { Tensor as _forecache_v1_Tensor, Tensor__Output as _forecache_v1_Tensor__Output } from '../../forecache/v1/Tensor.js';

export interface FeatureAnswer {
  'site'?: (string);
  'source'?: (_forecache_v1_FeatureSource);
  'output'?: (_forecache_v1_Tensor | null);
}

export interface FeatureAnswer__Output {
  'site': (string);
  'source': (_forecache_v1_FeatureSource__Output);
  'output': (_forecache_v1_Tensor__Output | null);
}
