// Original file: protos/forecache/v1/cache.proto


export interface GetStatisticsRequest {
}

export interface GetStatisticsRequest__Output {
}
