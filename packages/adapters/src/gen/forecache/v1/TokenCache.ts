// Original file: protos/forecache/v1/plan.proto

import type { TokenScore as _forecache_v1_TokenScore, TokenScore__Output as _forecache_v1_TokenScore__Output } from '../../forecache/v1/TokenScore.js';

export interface TokenCache {
  'sites'?: (string)[];
  'score'?: (_forecache_v1_TokenScore);
}

export interface TokenCache__Output {
  'sites': (string)[];
  'score': (_forecache_v1_TokenScore__Output);
}
