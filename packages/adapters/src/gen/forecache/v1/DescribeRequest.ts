// Original file: protos/forecache/v1/model_host.proto


export interface DescribeRequest {
}

export interface DescribeRequest__Output {
}
