// Original file: protos/forecache/v1/cache.proto

import type { RunOutcome as _forecache_v1_RunOutcome, RunOutcome__Output as _forecache_v1_RunOutcome__Output } from '../../forecache/v1/RunOutcome.js';
import type { SiteStatistics as _forecache_v1_SiteStatistics, SiteStatistics__Output as _forecache_v1_SiteStatistics__Output } from '../../forecache/v1/SiteStatistics.js';
import type { Long } from '@grpc/proto-loader';

export interface RunStatistics {
  'runId'?: (string);
  'policy'?: (string);
  'client'?: (string);
  'outcome'?: (_forecache_v1_RunOutcome);
  'fullCalls'?: (number | string | Long);
  'forecastCalls'?: (number | string | Long);
  'forwarded'?: (number | string | Long);
  'forecast'?: (number | string | Long);
  'stored'?: (number | string | Long);
  'peakBytes'?: (number | string | Long);
  'wallUs'?: (number | string | Long);
  'hostUs'?: (number | string | Long);
  'forecastUs'?: (number | string | Long);
  'sites'?: (_forecache_v1_SiteStatistics)[];
  'partial'?: (number | string | Long);
}

export interface RunStatistics__Output {
  'runId': (string);
  'policy': (string);
  'client': (string);
  'outcome': (_forecache_v1_RunOutcome__Output);
  'fullCalls': (number);
  'forecastCalls': (number);
  'forwarded': (number);
  'forecast': (number);
  'stored': (number);
  'peakBytes': (number);
  'wallUs': (number);
  'hostUs': (number);
  'forecastUs': (number);
  'sites': (_forecache_v1_SiteStatistics__Output)[];
  'partial': (number);
}
