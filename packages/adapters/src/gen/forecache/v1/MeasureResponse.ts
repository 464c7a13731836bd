// Original file: protos/forecache/v1/model_host.proto


export interface MeasureResponse {
  'scalars'?: ({[key: string]: number | string});
}

export interface MeasureResponse__Output {
  'scalars': ({[key: string]: number});
}
