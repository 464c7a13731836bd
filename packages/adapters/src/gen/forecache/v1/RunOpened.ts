// Original file: protos/forecache/v1/cache.proto


export interface RunOpened {
  'policy'?: (string);
  'calls'?: (number);
  'client'?: (string);
}

export interface RunOpened__Output {
  'policy': (string);
  'calls': (number);
  'client': (string);
}
