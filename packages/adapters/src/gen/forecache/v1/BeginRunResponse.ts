// Original file: protos/forecache/v1/model_host.proto


export interface BeginRunResponse {
}

export interface BeginRunResponse__Output {
}
