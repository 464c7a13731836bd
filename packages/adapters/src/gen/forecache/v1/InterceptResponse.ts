// Original file: protos/forecache/v1/cache.proto

import type { FeatureAnswer as _forecache_v1_FeatureAnswer, FeatureAnswer__Output as _forecache_v1_FeatureAnswer__Output } from '../../forecache/v1/FeatureAnswer.js';
import type { CallError as _forecache_v1_CallError, CallError__Output as _forecache_v1_CallError__Output } from '../../forecache/v1/CallError.js';
import type { Long } from '@grpc/proto-loader';

export interface InterceptResponse {
  'sequence'?: (number | string | Long);
  'features'?: (_forecache_v1_FeatureAnswer)[];
  'error'?: (_forecache_v1_CallError | null);
}

export interface InterceptResponse__Output {
  'sequence': (number);
  'features': (_forecache_v1_FeatureAnswer__Output)[];
  'error': (_forecache_v1_CallError__Output | null);
}
