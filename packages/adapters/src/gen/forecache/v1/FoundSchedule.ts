// Original file: protos/forecache/v1/calibration.proto


export interface FoundSchedule {
  'fullCalls'?: (number)[];
  'predictedDrift'?: (number | string);
}

export interface FoundSchedule__Output {
  'fullCalls': (number)[];
  'predictedDrift': (number);
}
