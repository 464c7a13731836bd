// Original file: protos/forecache/v1/plan.proto

export const TokenScore = {
  TOKEN_SCORE_UNSPECIFIED: 'TOKEN_SCORE_UNSPECIFIED',
  TOKEN_SCORE_INFLUENCE: 'TOKEN_SCORE_INFLUENCE',
  TOKEN_SCORE_VALUE_NORM: 'TOKEN_SCORE_VALUE_NORM',
  TOKEN_SCORE_RANDOM: 'TOKEN_SCORE_RANDOM',
} as const;

export type TokenScore =
  | 'TOKEN_SCORE_UNSPECIFIED'
  | 0
  | 'TOKEN_SCORE_INFLUENCE'
  | 1
  | 'TOKEN_SCORE_VALUE_NORM'
  | 2
  | 'TOKEN_SCORE_RANDOM'
  | 3

export type TokenScore__Output = typeof TokenScore[keyof typeof TokenScore]
