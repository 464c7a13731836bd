// Original file: protos/forecache/v1/plan.proto

import type { ProbeKind as _forecache_v1_ProbeKind, ProbeKind__Output as _forecache_v1_ProbeKind__Output } from '../../forecache/v1/ProbeKind.js';

export interface Probe {
  'kind'?: (_forecache_v1_ProbeKind);
  'count'?: (number);
  'site'?: (string);
}

export interface Probe__Output {
  'kind': (_forecache_v1_ProbeKind__Output);
  'count': (number);
  'site': (string);
}
