// Original file: protos/forecache/v1/cache.proto

import type { DescribeResponse as _forecache_v1_DescribeResponse, DescribeResponse__Output as _forecache_v1_DescribeResponse__Output } from '../../forecache/v1/DescribeResponse.js';

export interface ListModelsResponse {
  'models'?: (_forecache_v1_DescribeResponse)[];
}

export interface ListModelsResponse__Output {
  'models': (_forecache_v1_DescribeResponse__Output)[];
}
