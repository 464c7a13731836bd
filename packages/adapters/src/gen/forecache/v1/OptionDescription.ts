// Original file: protos/forecache/v1/cache.proto


export interface OptionDescription {
  'name'?: (string);
  'aliases'?: (string)[];
  'defaultValue'?: (string);
  'rule'?: (string);
  'summary'?: (string);
}

export interface OptionDescription__Output {
  'name': (string);
  'aliases': (string)[];
  'defaultValue': (string);
  'rule': (string);
  'summary': (string);
}
