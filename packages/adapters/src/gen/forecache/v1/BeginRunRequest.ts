// Original file: protos/forecache/v1/model_host.proto

import type { BranchConditioning as _forecache_v1_BranchConditioning, BranchConditioning__Output as _forecache_v1_BranchConditioning__Output } from '../../forecache/v1/BranchConditioning.js';
import type { RunSetup as _forecache_v1_RunSetup, RunSetup__Output as _forecache_v1_RunSetup__Output } from '../../forecache/v1/RunSetup.js';

export interface BeginRunRequest {
  'runId'?: (string);
  'branches'?: (_forecache_v1_BranchConditioning)[];
  'timesteps'?: (number | string)[];
  'sharedDirectory'?: (string);
  'setup'?: (_forecache_v1_RunSetup | null);
}

export interface BeginRunRequest__Output {
  'runId': (string);
  'branches': (_forecache_v1_BranchConditioning__Output)[];
  'timesteps': (number)[];
  'sharedDirectory': (string);
  'setup': (_forecache_v1_RunSetup__Output | null);
}
