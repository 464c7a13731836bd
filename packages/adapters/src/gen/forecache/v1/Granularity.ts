// Original file: protos/forecache/v1/plan.proto

export const Granularity = {
  GRANULARITY_UNSPECIFIED: 'GRANULARITY_UNSPECIFIED',
  GRANULARITY_MODULE: 'GRANULARITY_MODULE',
  GRANULARITY_BLOCK: 'GRANULARITY_BLOCK',
  GRANULARITY_HIDDEN: 'GRANULARITY_HIDDEN',
  GRANULARITY_OUTPUT: 'GRANULARITY_OUTPUT',
} as const;

export type Granularity =
  | 'GRANULARITY_UNSPECIFIED'
  | 0
  | 'GRANULARITY_MODULE'
  | 1
  | 'GRANULARITY_BLOCK'
  | 2
  | 'GRANULARITY_HIDDEN'
  | 3
  | 'GRANULARITY_OUTPUT'
  | 4

export type Granularity__Output = typeof Granularity[keyof typeof Granularity]
