// Original file: protos/forecache/v1/plan.proto

import type { NetworkShape as _forecache_v1_NetworkShape, NetworkShape__Output as _forecache_v1_NetworkShape__Output } from '../../forecache/v1/NetworkShape.js';

export interface RunDescription {
  'steps'?: (number);
  'calls'?: (number);
  'timesteps'?: (number | string)[];
  'sigmas'?: (number | string)[];
  'network'?: (_forecache_v1_NetworkShape | null);
}

export interface RunDescription__Output {
  'steps': (number);
  'calls': (number);
  'timesteps': (number)[];
  'sigmas': (number)[];
  'network': (_forecache_v1_NetworkShape__Output | null);
}
