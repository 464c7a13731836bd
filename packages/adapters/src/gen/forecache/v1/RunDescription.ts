// Original file: protos/forecache/v1/plan.proto


export interface RunDescription {
  'steps'?: (number);
  'calls'?: (number);
  'timesteps'?: (number | string)[];
  'sigmas'?: (number | string)[];
}

export interface RunDescription__Output {
  'steps': (number);
  'calls': (number);
  'timesteps': (number)[];
  'sigmas': (number)[];
}
