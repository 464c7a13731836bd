// Original file: protos/forecache/v1/cache.proto

import type { RunMode as _forecache_v1_RunMode, RunMode__Output as _forecache_v1_RunMode__Output } from '../../forecache/v1/RunMode.js';
import type { PolicySpec as _forecache_v1_PolicySpec, PolicySpec__Output as _forecache_v1_PolicySpec__Output } from '../../forecache/v1/PolicySpec.js';
import type { Granularity as _forecache_v1_Granularity, Granularity__Output as _forecache_v1_Granularity__Output } from '../../forecache/v1/Granularity.js';
import type { RunDescription as _forecache_v1_RunDescription, RunDescription__Output as _forecache_v1_RunDescription__Output } from '../../forecache/v1/RunDescription.js';
import type { BranchConditioning as _forecache_v1_BranchConditioning, BranchConditioning__Output as _forecache_v1_BranchConditioning__Output } from '../../forecache/v1/BranchConditioning.js';
import type { HistoryPlace as _forecache_v1_HistoryPlace, HistoryPlace__Output as _forecache_v1_HistoryPlace__Output } from '../../forecache/v1/HistoryPlace.js';
import type { Long } from '@grpc/proto-loader';

export interface OpenRunRequest {
  'mode'?: (_forecache_v1_RunMode);
  'policy'?: (_forecache_v1_PolicySpec | null);
  'granularity'?: (_forecache_v1_Granularity);
  'run'?: (_forecache_v1_RunDescription | null);
  'branches'?: (_forecache_v1_BranchConditioning)[];
  'model'?: (string);
  'sharedBytes'?: (number | string | Long);
  'historyPlace'?: (_forecache_v1_HistoryPlace);
  'client'?: (string);
}

export interface OpenRunRequest__Output {
  'mode': (_forecache_v1_RunMode__Output);
  'policy': (_forecache_v1_PolicySpec__Output | null);
  'granularity': (_forecache_v1_Granularity__Output);
  'run': (_forecache_v1_RunDescription__Output | null);
  'branches': (_forecache_v1_BranchConditioning__Output)[];
  'model': (string);
  'sharedBytes': (number);
  'historyPlace': (_forecache_v1_HistoryPlace__Output);
  'client': (string);
}
