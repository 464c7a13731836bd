// Original file: protos/forecache/v1/plan.proto

import type { ActionKind as _forecache_v1_ActionKind, ActionKind__Output as _forecache_v1_ActionKind__Output } from '../../forecache/v1/ActionKind.js';
import type { TokenSelection as _forecache_v1_TokenSelection, TokenSelection__Output as _forecache_v1_TokenSelection__Output } from '../../forecache/v1/TokenSelection.js';

export interface Action {
  'kind'?: (_forecache_v1_ActionKind);
  'weights'?: (number | string)[];
  'selection'?: (_forecache_v1_TokenSelection | null);
}

export interface Action__Output {
  'kind': (_forecache_v1_ActionKind__Output);
  'weights': (number)[];
  'selection': (_forecache_v1_TokenSelection__Output | null);
}
