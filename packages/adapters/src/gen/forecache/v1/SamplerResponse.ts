// Original file: protos/forecache/v1/calibration.proto


export interface SamplerResponse {
  'calls'?: (number);
  'coefficients'?: (number | string)[];
}

export interface SamplerResponse__Output {
  'calls': (number);
  'coefficients': (number)[];
}
