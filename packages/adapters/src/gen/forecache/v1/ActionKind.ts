// Original file: protos/forecache/v1/plan.proto

export const ActionKind = {
  ACTION_KIND_UNSPECIFIED: 'ACTION_KIND_UNSPECIFIED',
  ACTION_KIND_FULL: 'ACTION_KIND_FULL',
  ACTION_KIND_FORECAST: 'ACTION_KIND_FORECAST',
  ACTION_KIND_REUSE: 'ACTION_KIND_REUSE',
  ACTION_KIND_PARTIAL: 'ACTION_KIND_PARTIAL',
} as const;

export type ActionKind =
  | 'ACTION_KIND_UNSPECIFIED'
  | 0
  | 'ACTION_KIND_FULL'
  | 1
  | 'ACTION_KIND_FORECAST'
  | 2
  | 'ACTION_KIND_REUSE'
  | 3
  | 'ACTION_KIND_PARTIAL'
  | 4

export type ActionKind__Output = typeof ActionKind[keyof typeof ActionKind]
