// Original file: protos/forecache/v1/cache.proto

import type { OptionDescription as _forecache_v1_OptionDescription, OptionDescription__Output as _forecache_v1_OptionDescription__Output } from '../../forecache/v1/OptionDescription.js';

export interface PolicyDescription {
  'name'?: (string);
  'summary'?: (string);
  'options'?: (_forecache_v1_OptionDescription)[];
}

export interface PolicyDescription__Output {
  'name': (string);
  'summary': (string);
  'options': (_forecache_v1_OptionDescription__Output)[];
}
