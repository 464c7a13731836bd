// Original file: protos/forecache/v1/plan.proto

import type { Action as _forecache_v1_Action, Action__Output as _forecache_v1_Action__Output } from '../../forecache/v1/Action.js';

export interface SiteAction {
  'site'?: (string);
  'action'?: (_forecache_v1_Action | null);
}

export interface SiteAction__Output {
  'site': (string);
  'action': (_forecache_v1_Action__Output | null);
}
