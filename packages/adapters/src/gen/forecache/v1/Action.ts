// Original file: protos/forecache/v1/plan.proto

import type { ActionKind as _forecache_v1_ActionKind, ActionKind__Output as _forecache_v1_ActionKind__Output } from '../../forecache/v1/ActionKind.js';

export interface Action {
  'kind'?: (_forecache_v1_ActionKind);
  'weights'?: (number | string)[];
}

export interface Action__Output {
  'kind': (_forecache_v1_ActionKind__Output);
  'weights': (number)[];
}
