// Original file: protos/forecache/v1/plan.proto

import type { SiteKind as _forecache_v1_SiteKind, SiteKind__Output as _forecache_v1_SiteKind__Output } from '../../forecache/v1/SiteKind.js';

export interface SiteShape {
  'name'?: (string);
  'kind'?: (_forecache_v1_SiteKind);
  'block'?: (number);
  'tokens'?: (number);
}

export interface SiteShape__Output {
  'name': (string);
  'kind': (_forecache_v1_SiteKind__Output);
  'block': (number);
  'tokens': (number);
}
