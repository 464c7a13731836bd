// Original file: protos/forecache/v1/cache.proto

export const HistoryPlace = {
  HISTORY_PLACE_UNSPECIFIED: 'HISTORY_PLACE_UNSPECIFIED',
  HISTORY_PLACE_SIDECAR: 'HISTORY_PLACE_SIDECAR',
  HISTORY_PLACE_HOST: 'HISTORY_PLACE_HOST',
} as const;

export type HistoryPlace =
  | 'HISTORY_PLACE_UNSPECIFIED'
  | 0
  | 'HISTORY_PLACE_SIDECAR'
  | 1
  | 'HISTORY_PLACE_HOST'
  | 2

export type HistoryPlace__Output = typeof HistoryPlace[keyof typeof HistoryPlace]
