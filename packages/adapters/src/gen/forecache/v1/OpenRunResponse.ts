// Original file: protos/forecache/v1/cache.proto

import type { RunPlan as _forecache_v1_RunPlan, RunPlan__Output as _forecache_v1_RunPlan__Output } from '../../forecache/v1/RunPlan.js';
import type { RunSetup as _forecache_v1_RunSetup, RunSetup__Output as _forecache_v1_RunSetup__Output } from '../../forecache/v1/RunSetup.js';
import type { Long } from '@grpc/proto-loader';

export interface OpenRunResponse {
  'runId'?: (string);
  'plan'?: (_forecache_v1_RunPlan | null);
  'ttlMs'?: (number | string | Long);
  'sharedDirectory'?: (string);
  'sharedName'?: (string);
  'warnings'?: (string)[];
  'policy'?: (string);
  'setup'?: (_forecache_v1_RunSetup | null);
}

export interface OpenRunResponse__Output {
  'runId': (string);
  'plan': (_forecache_v1_RunPlan__Output | null);
  'ttlMs': (number);
  'sharedDirectory': (string);
  'sharedName': (string);
  'warnings': (string)[];
  'policy': (string);
  'setup': (_forecache_v1_RunSetup__Output | null);
}
