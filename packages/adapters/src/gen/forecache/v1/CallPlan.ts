// Original file: protos/forecache/v1/plan.proto

import type { Action as _forecache_v1_Action, Action__Output as _forecache_v1_Action__Output } from '../../forecache/v1/Action.js';
import type { SiteAction as _forecache_v1_SiteAction, SiteAction__Output as _forecache_v1_SiteAction__Output } from '../../forecache/v1/SiteAction.js';

export interface CallPlan {
  'callIndex'?: (number);
  'action'?: (_forecache_v1_Action | null);
  'exceptions'?: (_forecache_v1_SiteAction)[];
}

export interface CallPlan__Output {
  'callIndex': (number);
  'action': (_forecache_v1_Action__Output | null);
  'exceptions': (_forecache_v1_SiteAction__Output)[];
}
