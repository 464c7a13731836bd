// Original file: protos/forecache/v1/tensor.proto

import type { Long } from '@grpc/proto-loader';

export interface SharedRegion {
  'name'?: (string);
  'offset'?: (number | string | Long);
  'byteLength'?: (number | string | Long);
}

export interface SharedRegion__Output {
  'name': (string);
  'offset': (number);
  'byteLength': (number);
}
