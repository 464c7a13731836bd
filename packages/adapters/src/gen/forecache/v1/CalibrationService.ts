// Original file: protos/forecache/v1/calibration.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { FindSchedulesRequest as _forecache_v1_FindSchedulesRequest, FindSchedulesRequest__Output as _forecache_v1_FindSchedulesRequest__Output } from '../../forecache/v1/FindSchedulesRequest.js';
import type { FindSchedulesResponse as _forecache_v1_FindSchedulesResponse, FindSchedulesResponse__Output as _forecache_v1_FindSchedulesResponse__Output } from '../../forecache/v1/FindSchedulesResponse.js';
import type { FitWeightsRequest as _forecache_v1_FitWeightsRequest, FitWeightsRequest__Output as _forecache_v1_FitWeightsRequest__Output } from '../../forecache/v1/FitWeightsRequest.js';
import type { FitWeightsResponse as _forecache_v1_FitWeightsResponse, FitWeightsResponse__Output as _forecache_v1_FitWeightsResponse__Output } from '../../forecache/v1/FitWeightsResponse.js';

export interface CalibrationServiceClient extends grpc.Client {
  FindSchedules(argument: _forecache_v1_FindSchedulesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_FindSchedulesResponse__Output>): grpc.ClientUnaryCall;
  FindSchedules(argument: _forecache_v1_FindSchedulesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_FindSchedulesResponse__Output>): grpc.ClientUnaryCall;
  FindSchedules(argument: _forecache_v1_FindSchedulesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_FindSchedulesResponse__Output>): grpc.ClientUnaryCall;
  FindSchedules(argument: _forecache_v1_FindSchedulesRequest, callback: grpc.requestCallback<_forecache_v1_FindSchedulesResponse__Output>): grpc.ClientUnaryCall;
  findSchedules(argument: _forecache_v1_FindSchedulesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_FindSchedulesResponse__Output>): grpc.ClientUnaryCall;
  findSchedules(argument: _forecache_v1_FindSchedulesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_FindSchedulesResponse__Output>): grpc.ClientUnaryCall;
  findSchedules(argument: _forecache_v1_FindSchedulesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_FindSchedulesResponse__Output>): grpc.ClientUnaryCall;
  findSchedules(argument: _forecache_v1_FindSchedulesRequest, callback: grpc.requestCallback<_forecache_v1_FindSchedulesResponse__Output>): grpc.ClientUnaryCall;
  
  FitWeights(argument: _forecache_v1_FitWeightsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_FitWeightsResponse__Output>): grpc.ClientUnaryCall;
  FitWeights(argument: _forecache_v1_FitWeightsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_FitWeightsResponse__Output>): grpc.ClientUnaryCall;
  FitWeights(argument: _forecache_v1_FitWeightsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_FitWeightsResponse__Output>): grpc.ClientUnaryCall;
  FitWeights(argument: _forecache_v1_FitWeightsRequest, callback: grpc.requestCallback<_forecache_v1_FitWeightsResponse__Output>): grpc.ClientUnaryCall;
  fitWeights(argument: _forecache_v1_FitWeightsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_FitWeightsResponse__Output>): grpc.ClientUnaryCall;
  fitWeights(argument: _forecache_v1_FitWeightsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_FitWeightsResponse__Output>): grpc.ClientUnaryCall;
  fitWeights(argument: _forecache_v1_FitWeightsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_FitWeightsResponse__Output>): grpc.ClientUnaryCall;
  fitWeights(argument: _forecache_v1_FitWeightsRequest, callback: grpc.requestCallback<_forecache_v1_FitWeightsResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface CalibrationServiceHandlers extends grpc.UntypedServiceImplementation {
  FindSchedules: grpc.handleUnaryCall<_forecache_v1_FindSchedulesRequest__Output, _forecache_v1_FindSchedulesResponse>;
  
  FitWeights: grpc.handleUnaryCall<_forecache_v1_FitWeightsRequest__Output, _forecache_v1_FitWeightsResponse>;
  
}

export interface CalibrationServiceDefinition extends grpc.ServiceDefinition {
  FindSchedules: MethodDefinition<_forecache_v1_FindSchedulesRequest, _forecache_v1_FindSchedulesResponse, _forecache_v1_FindSchedulesRequest__Output, _forecache_v1_FindSchedulesResponse__Output>
  FitWeights: MethodDefinition<_forecache_v1_FitWeightsRequest, _forecache_v1_FitWeightsResponse, _forecache_v1_FitWeightsRequest__Output, _forecache_v1_FitWeightsResponse__Output>
}
