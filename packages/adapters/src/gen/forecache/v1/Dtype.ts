// Original file: protos/forecache/v1/tensor.proto

export const Dtype = {
  DTYPE_UNSPECIFIED: 'DTYPE_UNSPECIFIED',
  DTYPE_FLOAT32: 'DTYPE_FLOAT32',
  DTYPE_FLOAT16: 'DTYPE_FLOAT16',
  DTYPE_BFLOAT16: 'DTYPE_BFLOAT16',
  DTYPE_INT32: 'DTYPE_INT32',
  DTYPE_INT64: 'DTYPE_INT64',
} as const;

export type Dtype =
  | 'DTYPE_UNSPECIFIED'
  | 0
  | 'DTYPE_FLOAT32'
  | 1
  | 'DTYPE_FLOAT16'
  | 2
  | 'DTYPE_BFLOAT16'
  | 3
  | 'DTYPE_INT32'
  | 4
  | 'DTYPE_INT64'
  | 5

export type Dtype__Output = typeof Dtype[keyof typeof Dtype]
