// Original file: protos/forecache/v1/cache.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CloseRunRequest as _forecache_v1_CloseRunRequest, CloseRunRequest__Output as _forecache_v1_CloseRunRequest__Output } from '../../forecache/v1/CloseRunRequest.js';
import type { CloseRunResponse as _forecache_v1_CloseRunResponse, CloseRunResponse__Output as _forecache_v1_CloseRunResponse__Output } from '../../forecache/v1/CloseRunResponse.js';
import type { DecideRequest as _forecache_v1_DecideRequest, DecideRequest__Output as _forecache_v1_DecideRequest__Output } from '../../forecache/v1/DecideRequest.js';
import type { DecideResponse as _forecache_v1_DecideResponse, DecideResponse__Output as _forecache_v1_DecideResponse__Output } from '../../forecache/v1/DecideResponse.js';
import type { GetStatisticsRequest as _forecache_v1_GetStatisticsRequest, GetStatisticsRequest__Output as _forecache_v1_GetStatisticsRequest__Output } from '../../forecache/v1/GetStatisticsRequest.js';
import type { GetStatisticsResponse as _forecache_v1_GetStatisticsResponse, GetStatisticsResponse__Output as _forecache_v1_GetStatisticsResponse__Output } from '../../forecache/v1/GetStatisticsResponse.js';
import type { InterceptRequest as _forecache_v1_InterceptRequest, InterceptRequest__Output as _forecache_v1_InterceptRequest__Output } from '../../forecache/v1/InterceptRequest.js';
import type { InterceptResponse as _forecache_v1_InterceptResponse, InterceptResponse__Output as _forecache_v1_InterceptResponse__Output } from '../../forecache/v1/InterceptResponse.js';
import type { ListModelsRequest as _forecache_v1_ListModelsRequest, ListModelsRequest__Output as _forecache_v1_ListModelsRequest__Output } from '../../forecache/v1/ListModelsRequest.js';
import type { ListModelsResponse as _forecache_v1_ListModelsResponse, ListModelsResponse__Output as _forecache_v1_ListModelsResponse__Output } from '../../forecache/v1/ListModelsResponse.js';
import type { ListPoliciesRequest as _forecache_v1_ListPoliciesRequest, ListPoliciesRequest__Output as _forecache_v1_ListPoliciesRequest__Output } from '../../forecache/v1/ListPoliciesRequest.js';
import type { ListPoliciesResponse as _forecache_v1_ListPoliciesResponse, ListPoliciesResponse__Output as _forecache_v1_ListPoliciesResponse__Output } from '../../forecache/v1/ListPoliciesResponse.js';
import type { OpenRunRequest as _forecache_v1_OpenRunRequest, OpenRunRequest__Output as _forecache_v1_OpenRunRequest__Output } from '../../forecache/v1/OpenRunRequest.js';
import type { OpenRunResponse as _forecache_v1_OpenRunResponse, OpenRunResponse__Output as _forecache_v1_OpenRunResponse__Output } from '../../forecache/v1/OpenRunResponse.js';
import type { ReportRequest as _forecache_v1_ReportRequest, ReportRequest__Output as _forecache_v1_ReportRequest__Output } from '../../forecache/v1/ReportRequest.js';
import type { ReportResponse as _forecache_v1_ReportResponse, ReportResponse__Output as _forecache_v1_ReportResponse__Output } from '../../forecache/v1/ReportResponse.js';
import type { RunNetworkRequest as _forecache_v1_RunNetworkRequest, RunNetworkRequest__Output as _forecache_v1_RunNetworkRequest__Output } from '../../forecache/v1/RunNetworkRequest.js';
import type { RunNetworkResponse as _forecache_v1_RunNetworkResponse, RunNetworkResponse__Output as _forecache_v1_RunNetworkResponse__Output } from '../../forecache/v1/RunNetworkResponse.js';
import type { WatchRunsRequest as _forecache_v1_WatchRunsRequest, WatchRunsRequest__Output as _forecache_v1_WatchRunsRequest__Output } from '../../forecache/v1/WatchRunsRequest.js';
import type { WatchRunsResponse as _forecache_v1_WatchRunsResponse, WatchRunsResponse__Output as _forecache_v1_WatchRunsResponse__Output } from '../../forecache/v1/WatchRunsResponse.js';

export interface CacheServiceClient extends grpc.Client {
  CloseRun(argument: _forecache_v1_CloseRunRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_CloseRunResponse__Output>): grpc.ClientUnaryCall;
  CloseRun(argument: _forecache_v1_CloseRunRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_CloseRunResponse__Output>): grpc.ClientUnaryCall;
  CloseRun(argument: _forecache_v1_CloseRunRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_CloseRunResponse__Output>): grpc.ClientUnaryCall;
  CloseRun(argument: _forecache_v1_CloseRunRequest, callback: grpc.requestCallback<_forecache_v1_CloseRunResponse__Output>): grpc.ClientUnaryCall;
  closeRun(argument: _forecache_v1_CloseRunRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_CloseRunResponse__Output>): grpc.ClientUnaryCall;
  closeRun(argument: _forecache_v1_CloseRunRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_CloseRunResponse__Output>): grpc.ClientUnaryCall;
  closeRun(argument: _forecache_v1_CloseRunRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_CloseRunResponse__Output>): grpc.ClientUnaryCall;
  closeRun(argument: _forecache_v1_CloseRunRequest, callback: grpc.requestCallback<_forecache_v1_CloseRunResponse__Output>): grpc.ClientUnaryCall;
  
  Decide(argument: _forecache_v1_DecideRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_DecideResponse__Output>): grpc.ClientUnaryCall;
  Decide(argument: _forecache_v1_DecideRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_DecideResponse__Output>): grpc.ClientUnaryCall;
  Decide(argument: _forecache_v1_DecideRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_DecideResponse__Output>): grpc.ClientUnaryCall;
  Decide(argument: _forecache_v1_DecideRequest, callback: grpc.requestCallback<_forecache_v1_DecideResponse__Output>): grpc.ClientUnaryCall;
  decide(argument: _forecache_v1_DecideRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_DecideResponse__Output>): grpc.ClientUnaryCall;
  decide(argument: _forecache_v1_DecideRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_DecideResponse__Output>): grpc.ClientUnaryCall;
  decide(argument: _forecache_v1_DecideRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_DecideResponse__Output>): grpc.ClientUnaryCall;
  decide(argument: _forecache_v1_DecideRequest, callback: grpc.requestCallback<_forecache_v1_DecideResponse__Output>): grpc.ClientUnaryCall;
  
  GetStatistics(argument: _forecache_v1_GetStatisticsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_GetStatisticsResponse__Output>): grpc.ClientUnaryCall;
  GetStatistics(argument: _forecache_v1_GetStatisticsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_GetStatisticsResponse__Output>): grpc.ClientUnaryCall;
  GetStatistics(argument: _forecache_v1_GetStatisticsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_GetStatisticsResponse__Output>): grpc.ClientUnaryCall;
  GetStatistics(argument: _forecache_v1_GetStatisticsRequest, callback: grpc.requestCallback<_forecache_v1_GetStatisticsResponse__Output>): grpc.ClientUnaryCall;
  getStatistics(argument: _forecache_v1_GetStatisticsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_GetStatisticsResponse__Output>): grpc.ClientUnaryCall;
  getStatistics(argument: _forecache_v1_GetStatisticsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_GetStatisticsResponse__Output>): grpc.ClientUnaryCall;
  getStatistics(argument: _forecache_v1_GetStatisticsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_GetStatisticsResponse__Output>): grpc.ClientUnaryCall;
  getStatistics(argument: _forecache_v1_GetStatisticsRequest, callback: grpc.requestCallback<_forecache_v1_GetStatisticsResponse__Output>): grpc.ClientUnaryCall;
  
  Intercept(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_forecache_v1_InterceptRequest, _forecache_v1_InterceptResponse__Output>;
  Intercept(options?: grpc.CallOptions): grpc.ClientDuplexStream<_forecache_v1_InterceptRequest, _forecache_v1_InterceptResponse__Output>;
  intercept(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_forecache_v1_InterceptRequest, _forecache_v1_InterceptResponse__Output>;
  intercept(options?: grpc.CallOptions): grpc.ClientDuplexStream<_forecache_v1_InterceptRequest, _forecache_v1_InterceptResponse__Output>;
  
  ListModels(argument: _forecache_v1_ListModelsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _forecache_v1_ListModelsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _forecache_v1_ListModelsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _forecache_v1_ListModelsRequest, callback: grpc.requestCallback<_forecache_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  listModels(argument: _forecache_v1_ListModelsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  listModels(argument: _forecache_v1_ListModelsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  listModels(argument: _forecache_v1_ListModelsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  listModels(argument: _forecache_v1_ListModelsRequest, callback: grpc.requestCallback<_forecache_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  
  ListPolicies(argument: _forecache_v1_ListPoliciesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_ListPoliciesResponse__Output>): grpc.ClientUnaryCall;
  ListPolicies(argument: _forecache_v1_ListPoliciesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_ListPoliciesResponse__Output>): grpc.ClientUnaryCall;
  ListPolicies(argument: _forecache_v1_ListPoliciesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_ListPoliciesResponse__Output>): grpc.ClientUnaryCall;
  ListPolicies(argument: _forecache_v1_ListPoliciesRequest, callback: grpc.requestCallback<_forecache_v1_ListPoliciesResponse__Output>): grpc.ClientUnaryCall;
  listPolicies(argument: _forecache_v1_ListPoliciesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_ListPoliciesResponse__Output>): grpc.ClientUnaryCall;
  listPolicies(argument: _forecache_v1_ListPoliciesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_ListPoliciesResponse__Output>): grpc.ClientUnaryCall;
  listPolicies(argument: _forecache_v1_ListPoliciesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_ListPoliciesResponse__Output>): grpc.ClientUnaryCall;
  listPolicies(argument: _forecache_v1_ListPoliciesRequest, callback: grpc.requestCallback<_forecache_v1_ListPoliciesResponse__Output>): grpc.ClientUnaryCall;
  
  OpenRun(argument: _forecache_v1_OpenRunRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_OpenRunResponse__Output>): grpc.ClientUnaryCall;
  OpenRun(argument: _forecache_v1_OpenRunRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_OpenRunResponse__Output>): grpc.ClientUnaryCall;
  OpenRun(argument: _forecache_v1_OpenRunRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_OpenRunResponse__Output>): grpc.ClientUnaryCall;
  OpenRun(argument: _forecache_v1_OpenRunRequest, callback: grpc.requestCallback<_forecache_v1_OpenRunResponse__Output>): grpc.ClientUnaryCall;
  openRun(argument: _forecache_v1_OpenRunRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_OpenRunResponse__Output>): grpc.ClientUnaryCall;
  openRun(argument: _forecache_v1_OpenRunRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_OpenRunResponse__Output>): grpc.ClientUnaryCall;
  openRun(argument: _forecache_v1_OpenRunRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_OpenRunResponse__Output>): grpc.ClientUnaryCall;
  openRun(argument: _forecache_v1_OpenRunRequest, callback: grpc.requestCallback<_forecache_v1_OpenRunResponse__Output>): grpc.ClientUnaryCall;
  
  Report(argument: _forecache_v1_ReportRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_ReportResponse__Output>): grpc.ClientUnaryCall;
  Report(argument: _forecache_v1_ReportRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_ReportResponse__Output>): grpc.ClientUnaryCall;
  Report(argument: _forecache_v1_ReportRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_ReportResponse__Output>): grpc.ClientUnaryCall;
  Report(argument: _forecache_v1_ReportRequest, callback: grpc.requestCallback<_forecache_v1_ReportResponse__Output>): grpc.ClientUnaryCall;
  report(argument: _forecache_v1_ReportRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_ReportResponse__Output>): grpc.ClientUnaryCall;
  report(argument: _forecache_v1_ReportRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_ReportResponse__Output>): grpc.ClientUnaryCall;
  report(argument: _forecache_v1_ReportRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_ReportResponse__Output>): grpc.ClientUnaryCall;
  report(argument: _forecache_v1_ReportRequest, callback: grpc.requestCallback<_forecache_v1_ReportResponse__Output>): grpc.ClientUnaryCall;
  
  RunNetwork(argument: _forecache_v1_RunNetworkRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_RunNetworkResponse__Output>): grpc.ClientUnaryCall;
  RunNetwork(argument: _forecache_v1_RunNetworkRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_RunNetworkResponse__Output>): grpc.ClientUnaryCall;
  RunNetwork(argument: _forecache_v1_RunNetworkRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_RunNetworkResponse__Output>): grpc.ClientUnaryCall;
  RunNetwork(argument: _forecache_v1_RunNetworkRequest, callback: grpc.requestCallback<_forecache_v1_RunNetworkResponse__Output>): grpc.ClientUnaryCall;
  runNetwork(argument: _forecache_v1_RunNetworkRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_RunNetworkResponse__Output>): grpc.ClientUnaryCall;
  runNetwork(argument: _forecache_v1_RunNetworkRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_RunNetworkResponse__Output>): grpc.ClientUnaryCall;
  runNetwork(argument: _forecache_v1_RunNetworkRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_RunNetworkResponse__Output>): grpc.ClientUnaryCall;
  runNetwork(argument: _forecache_v1_RunNetworkRequest, callback: grpc.requestCallback<_forecache_v1_RunNetworkResponse__Output>): grpc.ClientUnaryCall;
  
  WatchRuns(argument: _forecache_v1_WatchRunsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_forecache_v1_WatchRunsResponse__Output>;
  WatchRuns(argument: _forecache_v1_WatchRunsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_forecache_v1_WatchRunsResponse__Output>;
  watchRuns(argument: _forecache_v1_WatchRunsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_forecache_v1_WatchRunsResponse__Output>;
  watchRuns(argument: _forecache_v1_WatchRunsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_forecache_v1_WatchRunsResponse__Output>;
  
}

export interface CacheServiceHandlers extends grpc.UntypedServiceImplementation {
  CloseRun: grpc.handleUnaryCall<_forecache_v1_CloseRunRequest__Output, _forecache_v1_CloseRunResponse>;
  
  Decide: grpc.handleUnaryCall<_forecache_v1_DecideRequest__Output, _forecache_v1_DecideResponse>;
  
  GetStatistics: grpc.handleUnaryCall<_forecache_v1_GetStatisticsRequest__Output, _forecache_v1_GetStatisticsResponse>;
  
  Intercept: grpc.handleBidiStreamingCall<_forecache_v1_InterceptRequest__Output, _forecache_v1_InterceptResponse>;
  
  ListModels: grpc.handleUnaryCall<_forecache_v1_ListModelsRequest__Output, _forecache_v1_ListModelsResponse>;
  
  ListPolicies: grpc.handleUnaryCall<_forecache_v1_ListPoliciesRequest__Output, _forecache_v1_ListPoliciesResponse>;
  
  OpenRun: grpc.handleUnaryCall<_forecache_v1_OpenRunRequest__Output, _forecache_v1_OpenRunResponse>;
  
  Report: grpc.handleUnaryCall<_forecache_v1_ReportRequest__Output, _forecache_v1_ReportResponse>;
  
  RunNetwork: grpc.handleUnaryCall<_forecache_v1_RunNetworkRequest__Output, _forecache_v1_RunNetworkResponse>;
  
  WatchRuns: grpc.handleServerStreamingCall<_forecache_v1_WatchRunsRequest__Output, _forecache_v1_WatchRunsResponse>;
  
}

export interface CacheServiceDefinition extends grpc.ServiceDefinition {
  CloseRun: MethodDefinition<_forecache_v1_CloseRunRequest, _forecache_v1_CloseRunResponse, _forecache_v1_CloseRunRequest__Output, _forecache_v1_CloseRunResponse__Output>
  Decide: MethodDefinition<_forecache_v1_DecideRequest, _forecache_v1_DecideResponse, _forecache_v1_DecideRequest__Output, _forecache_v1_DecideResponse__Output>
  GetStatistics: MethodDefinition<_forecache_v1_GetStatisticsRequest, _forecache_v1_GetStatisticsResponse, _forecache_v1_GetStatisticsRequest__Output, _forecache_v1_GetStatisticsResponse__Output>
  Intercept: MethodDefinition<_forecache_v1_InterceptRequest, _forecache_v1_InterceptResponse, _forecache_v1_InterceptRequest__Output, _forecache_v1_InterceptResponse__Output>
  ListModels: MethodDefinition<_forecache_v1_ListModelsRequest, _forecache_v1_ListModelsResponse, _forecache_v1_ListModelsRequest__Output, _forecache_v1_ListModelsResponse__Output>
  ListPolicies: MethodDefinition<_forecache_v1_ListPoliciesRequest, _forecache_v1_ListPoliciesResponse, _forecache_v1_ListPoliciesRequest__Output, _forecache_v1_ListPoliciesResponse__Output>
  OpenRun: MethodDefinition<_forecache_v1_OpenRunRequest, _forecache_v1_OpenRunResponse, _forecache_v1_OpenRunRequest__Output, _forecache_v1_OpenRunResponse__Output>
  Report: MethodDefinition<_forecache_v1_ReportRequest, _forecache_v1_ReportResponse, _forecache_v1_ReportRequest__Output, _forecache_v1_ReportResponse__Output>
  RunNetwork: MethodDefinition<_forecache_v1_RunNetworkRequest, _forecache_v1_RunNetworkResponse, _forecache_v1_RunNetworkRequest__Output, _forecache_v1_RunNetworkResponse__Output>
  WatchRuns: MethodDefinition<_forecache_v1_WatchRunsRequest, _forecache_v1_WatchRunsResponse, _forecache_v1_WatchRunsRequest__Output, _forecache_v1_WatchRunsResponse__Output>
}
