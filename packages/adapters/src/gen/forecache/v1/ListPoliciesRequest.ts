// Original file: protos/forecache/v1/cache.proto


export interface ListPoliciesRequest {
}

export interface ListPoliciesRequest__Output {
}
