// Original file: protos/forecache/v1/cache.proto

import type { PolicyDescription as _forecache_v1_PolicyDescription, PolicyDescription__Output as _forecache_v1_PolicyDescription__Output } from '../../forecache/v1/PolicyDescription.js';

export interface ListPoliciesResponse {
  'policies'?: (_forecache_v1_PolicyDescription)[];
}

export interface ListPoliciesResponse__Output {
  'policies': (_forecache_v1_PolicyDescription__Output)[];
}
