// Original file: protos/forecache/v1/cache.proto


export interface DecideRequest {
  'runId'?: (string);
  'branch'?: (string);
  'callIndex'?: (number);
  'scalars'?: ({[key: string]: number | string});
}

export interface DecideRequest__Output {
  'runId': (string);
  'branch': (string);
  'callIndex': (number);
  'scalars': ({[key: string]: number});
}
