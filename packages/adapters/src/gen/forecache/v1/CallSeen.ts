// Original file: protos/forecache/v1/cache.proto

import type { ActionKind as _forecache_v1_ActionKind, ActionKind__Output as _forecache_v1_ActionKind__Output } from '../../forecache/v1/ActionKind.js';

export interface CallSeen {
  'branch'?: (string);
  'callIndex'?: (number);
  'action'?: (_forecache_v1_ActionKind);
}

export interface CallSeen__Output {
  'branch': (string);
  'callIndex': (number);
  'action': (_forecache_v1_ActionKind__Output);
}
