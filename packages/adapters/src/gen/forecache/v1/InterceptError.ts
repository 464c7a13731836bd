// Original file: protos/forecache/v1/cache.proto


export interface InterceptError {
  'code'?: (number);
  'message'?: (string);
}

export interface InterceptError__Output {
  'code': (number);
  'message': (string);
}
