// Original file: protos/forecache/v1/cache.proto

export const RunOutcome = {
  RUN_OUTCOME_UNSPECIFIED: 'RUN_OUTCOME_UNSPECIFIED',
  RUN_OUTCOME_OK: 'RUN_OUTCOME_OK',
  RUN_OUTCOME_INTERRUPTED: 'RUN_OUTCOME_INTERRUPTED',
  RUN_OUTCOME_ERROR: 'RUN_OUTCOME_ERROR',
} as const;

export type RunOutcome =
  | 'RUN_OUTCOME_UNSPECIFIED'
  | 0
  | 'RUN_OUTCOME_OK'
  | 1
  | 'RUN_OUTCOME_INTERRUPTED'
  | 2
  | 'RUN_OUTCOME_ERROR'
  | 3

export type RunOutcome__Output = typeof RunOutcome[keyof typeof RunOutcome]
