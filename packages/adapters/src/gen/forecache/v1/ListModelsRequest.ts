// Original file: protos/forecache/v1/cache.proto


export interface ListModelsRequest {
}

export interface ListModelsRequest__Output {
}
