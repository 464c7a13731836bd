// Original file: protos/forecache/v1/cache.proto

import type { RunOutcome as _forecache_v1_RunOutcome, RunOutcome__Output as _forecache_v1_RunOutcome__Output } from '../../forecache/v1/RunOutcome.js';

export interface CloseRunRequest {
  'runId'?: (string);
  'outcome'?: (_forecache_v1_RunOutcome);
}

export interface CloseRunRequest__Output {
  'runId': (string);
  'outcome': (_forecache_v1_RunOutcome__Output);
}
