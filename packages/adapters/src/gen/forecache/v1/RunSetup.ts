// Original file: protos/forecache/v1/plan.proto

import type { Granularity as _forecache_v1_Granularity, Granularity__Output as _forecache_v1_Granularity__Output } from '../../forecache/v1/Granularity.js';
import type { TokenCache as _forecache_v1_TokenCache, TokenCache__Output as _forecache_v1_TokenCache__Output } from '../../forecache/v1/TokenCache.js';
import type { Probe as _forecache_v1_Probe, Probe__Output as _forecache_v1_Probe__Output } from '../../forecache/v1/Probe.js';

export interface RunSetup {
  'granularity'?: (_forecache_v1_Granularity);
  'sites'?: (string)[];
  'historySize'?: (number);
  'tokenCache'?: (_forecache_v1_TokenCache | null);
  'probes'?: (_forecache_v1_Probe)[];
}

export interface RunSetup__Output {
  'granularity': (_forecache_v1_Granularity__Output);
  'sites': (string)[];
  'historySize': (number);
  'tokenCache': (_forecache_v1_TokenCache__Output | null);
  'probes': (_forecache_v1_Probe__Output)[];
}
