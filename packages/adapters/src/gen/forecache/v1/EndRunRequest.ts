// Original file: protos/forecache/v1/model_host.proto


export interface EndRunRequest {
  'runId'?: (string);
}

export interface EndRunRequest__Output {
  'runId': (string);
}
