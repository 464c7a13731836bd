// Original file: protos/forecache/v1/model_host.proto

import type { Tensor as _forecache_v1_Tensor, Tensor__Output as _forecache_v1_Tensor__Output } from '../../forecache/v1/Tensor.js';
import type { HostHandle as _forecache_v1_HostHandle, HostHandle__Output as _forecache_v1_HostHandle__Output } from '../../forecache/v1/HostHandle.js';
import type { CallError as _forecache_v1_CallError, CallError__Output as _forecache_v1_CallError__Output } from '../../forecache/v1/CallError.js';

export interface ForwardResponse {
  'output'?: (_forecache_v1_Tensor | null);
  'kept'?: (_forecache_v1_HostHandle | null);
  'error'?: (_forecache_v1_CallError | null);
}

export interface ForwardResponse__Output {
  'output': (_forecache_v1_Tensor__Output | null);
  'kept': (_forecache_v1_HostHandle__Output | null);
  'error': (_forecache_v1_CallError__Output | null);
}
