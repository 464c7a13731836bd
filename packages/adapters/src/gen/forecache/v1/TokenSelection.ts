// Original file: protos/forecache/v1/plan.proto


export interface TokenSelection {
  'tokens'?: (number);
  'stalenessWeight'?: (number | string);
  'grid'?: (number);
  'gridBonus'?: (number | string);
}

export interface TokenSelection__Output {
  'tokens': (number);
  'stalenessWeight': (number);
  'grid': (number);
  'gridBonus': (number);
}
