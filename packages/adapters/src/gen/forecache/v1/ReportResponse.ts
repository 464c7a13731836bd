// Original file: protos/forecache/v1/cache.proto


export interface ReportResponse {
}

export interface ReportResponse__Output {
}
