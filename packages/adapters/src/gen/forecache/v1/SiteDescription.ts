// Original file: protos/forecache/v1/model_host.proto

import type { SiteKind as _forecache_v1_SiteKind, SiteKind__Output as _forecache_v1_SiteKind__Output } from '../../forecache/v1/SiteKind.js';
import type { TensorType as _forecache_v1_TensorType, TensorType__Output as _forecache_v1_TensorType__Output } from '../../forecache/v1/TensorType.js';
import type { Long } from '@grpc/proto-loader';

export interface SiteDescription {
  'name'?: (string);
  'kind'?: (_forecache_v1_SiteKind);
  'block'?: (number);
  'input'?: (_forecache_v1_TensorType | null);
  'output'?: (_forecache_v1_TensorType | null);
  'flops'?: (number | string | Long);
  'forwardable'?: (boolean);
}

export interface SiteDescription__Output {
  'name': (string);
  'kind': (_forecache_v1_SiteKind__Output);
  'block': (number);
  'input': (_forecache_v1_TensorType__Output | null);
  'output': (_forecache_v1_TensorType__Output | null);
  'flops': (number);
  'forwardable': (boolean);
}
