// Original file: protos/forecache/v1/calibration.proto


export interface TrajectoryGram {
  'size'?: (number);
  'products'?: (number | string)[];
}

export interface TrajectoryGram__Output {
  'size': (number);
  'products': (number)[];
}
