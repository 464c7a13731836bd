// Original file: protos/forecache/v1/model_host.proto


export interface EndRunResponse {
}

export interface EndRunResponse__Output {
}
