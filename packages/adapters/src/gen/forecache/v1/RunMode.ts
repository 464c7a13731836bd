// Original file: protos/forecache/v1/cache.proto

export const RunMode = {
  RUN_MODE_UNSPECIFIED: 'RUN_MODE_UNSPECIFIED',
  RUN_MODE_PLAN: 'RUN_MODE_PLAN',
  RUN_MODE_INTERCEPT: 'RUN_MODE_INTERCEPT',
  RUN_MODE_PROXY: 'RUN_MODE_PROXY',
} as const;

export type RunMode =
  | 'RUN_MODE_UNSPECIFIED'
  | 0
  | 'RUN_MODE_PLAN'
  | 1
  | 'RUN_MODE_INTERCEPT'
  | 2
  | 'RUN_MODE_PROXY'
  | 3

export type RunMode__Output = typeof RunMode[keyof typeof RunMode]
