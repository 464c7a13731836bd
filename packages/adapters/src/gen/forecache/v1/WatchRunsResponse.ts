// Original file: protos/forecache/v1/cache.proto

import type { RunOpened as _forecache_v1_RunOpened, RunOpened__Output as _forecache_v1_RunOpened__Output } from '../../forecache/v1/RunOpened.js';
import type { CallSeen as _forecache_v1_CallSeen, CallSeen__Output as _forecache_v1_CallSeen__Output } from '../../forecache/v1/CallSeen.js';
import type { RunStatistics as _forecache_v1_RunStatistics, RunStatistics__Output as _forecache_v1_RunStatistics__Output } from '../../forecache/v1/RunStatistics.js';

export interface WatchRunsResponse {
  'runId'?: (string);
  'opened'?: (_forecache_v1_RunOpened | null);
  'call'?: (_forecache_v1_CallSeen | null);
  'closed'?: (_forecache_v1_RunStatistics | null);
  'event'?: "opened"|"call"|"closed";
}

export interface WatchRunsResponse__Output {
  'runId': (string);
  'opened'?: (_forecache_v1_RunOpened__Output | null);
  'call'?: (_forecache_v1_CallSeen__Output | null);
  'closed'?: (_forecache_v1_RunStatistics__Output | null);
  'event'?: "opened"|"call"|"closed";
}
