// Original file: protos/forecache/v1/cache.proto

import type { FeatureCall as _forecache_v1_FeatureCall, FeatureCall__Output as _forecache_v1_FeatureCall__Output } from '../../forecache/v1/FeatureCall.js';
import type { Long } from '@grpc/proto-loader';

export interface InterceptRequest {
  'runId'?: (string);
  'branch'?: (string);
  'callIndex'?: (number);
  'features'?: (_forecache_v1_FeatureCall)[];
  'sequence'?: (number | string | Long);
}

export interface InterceptRequest__Output {
  'runId': (string);
  'branch': (string);
  'callIndex': (number);
  'features': (_forecache_v1_FeatureCall__Output)[];
  'sequence': (number);
}
