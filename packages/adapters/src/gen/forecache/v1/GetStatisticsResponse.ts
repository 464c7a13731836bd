// Original file: protos/forecache/v1/cache.proto

import type { Long } from '@grpc/proto-loader';

export interface GetStatisticsResponse {
  'runsOpened'?: (number | string | Long);
  'runsClosed'?: (number | string | Long);
  'runsExpired'?: (number | string | Long);
  'runsOpen'?: (number | string | Long);
  'bytesHeld'?: (number | string | Long);
  'forwarded'?: (number | string | Long);
  'forecast'?: (number | string | Long);
  'errors'?: ({[key: string]: number | string | Long});
  'uptimeUs'?: (number | string | Long);
}

export interface GetStatisticsResponse__Output {
  'runsOpened': (number);
  'runsClosed': (number);
  'runsExpired': (number);
  'runsOpen': (number);
  'bytesHeld': (number);
  'forwarded': (number);
  'forecast': (number);
  'errors': ({[key: string]: number});
  'uptimeUs': (number);
}
