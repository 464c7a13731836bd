// Original file: protos/forecache/v1/model_host.proto

import type { Tensor as _forecache_v1_Tensor, Tensor__Output as _forecache_v1_Tensor__Output } from '../../forecache/v1/Tensor.js';

export interface RunCallResponse {
  'output'?: (_forecache_v1_Tensor | null);
  'forwarded'?: (number);
  'forecast'?: (number);
  'partial'?: (number);
  'scalars'?: ({[key: string]: number | string});
}

export interface RunCallResponse__Output {
  'output': (_forecache_v1_Tensor__Output | null);
  'forwarded': (number);
  'forecast': (number);
  'partial': (number);
  'scalars': ({[key: string]: number});
}
