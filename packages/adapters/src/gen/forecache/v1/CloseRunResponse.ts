// Original file: protos/forecache/v1/cache.proto

import type { RunStatistics as _forecache_v1_RunStatistics, RunStatistics__Output as _forecache_v1_RunStatistics__Output } from '../../forecache/v1/RunStatistics.js';

export interface CloseRunResponse {
  'statistics'?: (_forecache_v1_RunStatistics | null);
}

export interface CloseRunResponse__Output {
  'statistics': (_forecache_v1_RunStatistics__Output | null);
}
