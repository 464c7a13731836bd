// Original file: protos/forecache/v1/calibration.proto

import type { FoundSchedule as _forecache_v1_FoundSchedule, FoundSchedule__Output as _forecache_v1_FoundSchedule__Output } from '../../forecache/v1/FoundSchedule.js';

export interface FindSchedulesResponse {
  'schedules'?: (_forecache_v1_FoundSchedule)[];
}

export interface FindSchedulesResponse__Output {
  'schedules': (_forecache_v1_FoundSchedule__Output)[];
}
