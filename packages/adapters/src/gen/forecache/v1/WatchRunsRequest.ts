// Original file: protos/forecache/v1/cache.proto


export interface WatchRunsRequest {
  'runId'?: (string);
}

export interface WatchRunsRequest__Output {
  'runId': (string);
}
