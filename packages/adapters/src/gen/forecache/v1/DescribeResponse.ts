// Original file: protos/forecache/v1/model_host.proto

import type { SiteDescription as _forecache_v1_SiteDescription, SiteDescription__Output as _forecache_v1_SiteDescription__Output } from '../../forecache/v1/SiteDescription.js';
import type { TensorType as _forecache_v1_TensorType, TensorType__Output as _forecache_v1_TensorType__Output } from '../../forecache/v1/TensorType.js';
import type { NamedTensorType as _forecache_v1_NamedTensorType, NamedTensorType__Output as _forecache_v1_NamedTensorType__Output } from '../../forecache/v1/NamedTensorType.js';

export interface DescribeResponse {
  'hostId'?: (string);
  'model'?: (string);
  'sites'?: (_forecache_v1_SiteDescription)[];
  'input'?: (_forecache_v1_TensorType | null);
  'output'?: (_forecache_v1_TensorType | null);
  'conditioning'?: (_forecache_v1_NamedTensorType)[];
}

export interface DescribeResponse__Output {
  'hostId': (string);
  'model': (string);
  'sites': (_forecache_v1_SiteDescription__Output)[];
  'input': (_forecache_v1_TensorType__Output | null);
  'output': (_forecache_v1_TensorType__Output | null);
  'conditioning': (_forecache_v1_NamedTensorType__Output)[];
}
