// Original file: protos/forecache/v1/calibration.proto

import type { TrajectoryGram as _forecache_v1_TrajectoryGram, TrajectoryGram__Output as _forecache_v1_TrajectoryGram__Output } from '../../forecache/v1/TrajectoryGram.js';
import type { SamplerResponse as _forecache_v1_SamplerResponse, SamplerResponse__Output as _forecache_v1_SamplerResponse__Output } from '../../forecache/v1/SamplerResponse.js';

export interface FindSchedulesRequest {
  'runs'?: (_forecache_v1_TrajectoryGram)[];
  'response'?: (_forecache_v1_SamplerResponse | null);
  'fullCalls'?: (number);
  'history'?: (number);
  'growth'?: (number | string)[];
}

export interface FindSchedulesRequest__Output {
  'runs': (_forecache_v1_TrajectoryGram__Output)[];
  'response': (_forecache_v1_SamplerResponse__Output | null);
  'fullCalls': (number);
  'history': (number);
  'growth': (number)[];
}
