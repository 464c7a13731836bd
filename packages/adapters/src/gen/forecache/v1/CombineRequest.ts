// Original file: protos/forecache/v1/model_host.proto

import type { HostHandle as _forecache_v1_HostHandle, HostHandle__Output as _forecache_v1_HostHandle__Output } from '../../forecache/v1/HostHandle.js';
import type { SharedRegion as _forecache_v1_SharedRegion, SharedRegion__Output as _forecache_v1_SharedRegion__Output } from '../../forecache/v1/SharedRegion.js';

export interface CombineRequest {
  'runId'?: (string);
  'handles'?: (_forecache_v1_HostHandle)[];
  'weights'?: (number | string)[];
  'output'?: (_forecache_v1_SharedRegion | null);
  'release'?: (_forecache_v1_HostHandle)[];
}

export interface CombineRequest__Output {
  'runId': (string);
  'handles': (_forecache_v1_HostHandle__Output)[];
  'weights': (number)[];
  'output': (_forecache_v1_SharedRegion__Output | null);
  'release': (_forecache_v1_HostHandle__Output)[];
}
