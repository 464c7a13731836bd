// Original file: protos/forecache/v1/model_host.proto


export interface CallError {
  'code'?: (number);
  'message'?: (string);
}

export interface CallError__Output {
  'code': (number);
  'message': (string);
}
