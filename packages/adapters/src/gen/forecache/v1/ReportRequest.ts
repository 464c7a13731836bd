// Original file: protos/forecache/v1/cache.proto

import type { ActionKind as _forecache_v1_ActionKind, ActionKind__Output as _forecache_v1_ActionKind__Output } from '../../forecache/v1/ActionKind.js';
import type { Long } from '@grpc/proto-loader';

export interface ReportRequest {
  'runId'?: (string);
  'branch'?: (string);
  'callIndex'?: (number);
  'action'?: (_forecache_v1_ActionKind);
  'forwarded'?: (number);
  'forecast'?: (number);
  'wallUs'?: (number | string | Long);
  'partial'?: (number);
  'scalars'?: ({[key: string]: number | string});
}

export interface ReportRequest__Output {
  'runId': (string);
  'branch': (string);
  'callIndex': (number);
  'action': (_forecache_v1_ActionKind__Output);
  'forwarded': (number);
  'forecast': (number);
  'wallUs': (number);
  'partial': (number);
  'scalars': ({[key: string]: number});
}
