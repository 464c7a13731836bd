// Original file: protos/forecache/v1/plan.proto

import type { SiteShape as _forecache_v1_SiteShape, SiteShape__Output as _forecache_v1_SiteShape__Output } from '../../forecache/v1/SiteShape.js';

export interface NetworkShape {
  'blocks'?: (number);
  'sites'?: (_forecache_v1_SiteShape)[];
}

export interface NetworkShape__Output {
  'blocks': (number);
  'sites': (_forecache_v1_SiteShape__Output)[];
}
