// Original file: protos/forecache/v1/calibration.proto

import type { RunPlan as _forecache_v1_RunPlan, RunPlan__Output as _forecache_v1_RunPlan__Output } from '../../forecache/v1/RunPlan.js';

export interface FitWeightsResponse {
  'plan'?: (_forecache_v1_RunPlan | null);
  'history'?: (number);
  'ridge'?: (number | string);
  'predictedError'?: (number | string);
  'heldOutError'?: (number | string);
  'growth'?: (number | string)[];
}

export interface FitWeightsResponse__Output {
  'plan': (_forecache_v1_RunPlan__Output | null);
  'history': (number);
  'ridge': (number);
  'predictedError': (number);
  'heldOutError': (number);
  'growth': (number)[];
}
