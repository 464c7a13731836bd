// Original file: protos/forecache/v1/plan.proto


export interface PolicySpec {
  'name'?: (string);
  'options'?: ({[key: string]: string});
}

export interface PolicySpec__Output {
  'name': (string);
  'options': ({[key: string]: string});
}
