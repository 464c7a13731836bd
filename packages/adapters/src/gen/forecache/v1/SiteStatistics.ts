// Original file: protos/forecache/v1/cache.proto

import type { Long } from '@grpc/proto-loader';

export interface SiteStatistics {
  'site'?: (string);
  'forwarded'?: (number | string | Long);
  'forecast'?: (number | string | Long);
  'stored'?: (number | string | Long);
  'partial'?: (number | string | Long);
}

export interface SiteStatistics__Output {
  'site': (string);
  'forwarded': (number);
  'forecast': (number);
  'stored': (number);
  'partial': (number);
}
