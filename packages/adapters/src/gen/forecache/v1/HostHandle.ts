// Original file: protos/forecache/v1/tensor.proto

import type { Long } from '@grpc/proto-loader';

export interface HostHandle {
  'hostId'?: (string);
  'id'?: (number | string | Long);
}

export interface HostHandle__Output {
  'hostId': (string);
  'id': (number);
}
