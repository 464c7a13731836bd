// Original file: protos/forecache/v1/model_host.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { BeginRunRequest as _forecache_v1_BeginRunRequest, BeginRunRequest__Output as _forecache_v1_BeginRunRequest__Output } from '../../forecache/v1/BeginRunRequest.js';
import type { BeginRunResponse as _forecache_v1_BeginRunResponse, BeginRunResponse__Output as _forecache_v1_BeginRunResponse__Output } from '../../forecache/v1/BeginRunResponse.js';
import type { CombineRequest as _forecache_v1_CombineRequest, CombineRequest__Output as _forecache_v1_CombineRequest__Output } from '../../forecache/v1/CombineRequest.js';
import type { CombineResponse as _forecache_v1_CombineResponse, CombineResponse__Output as _forecache_v1_CombineResponse__Output } from '../../forecache/v1/CombineResponse.js';
import type { DescribeRequest as _forecache_v1_DescribeRequest, DescribeRequest__Output as _forecache_v1_DescribeRequest__Output } from '../../forecache/v1/DescribeRequest.js';
import type { DescribeResponse as _forecache_v1_DescribeResponse, DescribeResponse__Output as _forecache_v1_DescribeResponse__Output } from '../../forecache/v1/DescribeResponse.js';
import type { EndRunRequest as _forecache_v1_EndRunRequest, EndRunRequest__Output as _forecache_v1_EndRunRequest__Output } from '../../forecache/v1/EndRunRequest.js';
import type { EndRunResponse as _forecache_v1_EndRunResponse, EndRunResponse__Output as _forecache_v1_EndRunResponse__Output } from '../../forecache/v1/EndRunResponse.js';
import type { ForwardRequest as _forecache_v1_ForwardRequest, ForwardRequest__Output as _forecache_v1_ForwardRequest__Output } from '../../forecache/v1/ForwardRequest.js';
import type { ForwardResponse as _forecache_v1_ForwardResponse, ForwardResponse__Output as _forecache_v1_ForwardResponse__Output } from '../../forecache/v1/ForwardResponse.js';
import type { MeasureRequest as _forecache_v1_MeasureRequest, MeasureRequest__Output as _forecache_v1_MeasureRequest__Output } from '../../forecache/v1/MeasureRequest.js';
import type { MeasureResponse as _forecache_v1_MeasureResponse, MeasureResponse__Output as _forecache_v1_MeasureResponse__Output } from '../../forecache/v1/MeasureResponse.js';
import type { RunCallRequest as _forecache_v1_RunCallRequest, RunCallRequest__Output as _forecache_v1_RunCallRequest__Output } from '../../forecache/v1/RunCallRequest.js';
import type { RunCallResponse as _forecache_v1_RunCallResponse, RunCallResponse__Output as _forecache_v1_RunCallResponse__Output } from '../../forecache/v1/RunCallResponse.js';

export interface ModelHostServiceClient extends grpc.Client {
  BeginRun(argument: _forecache_v1_BeginRunRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_BeginRunResponse__Output>): grpc.ClientUnaryCall;
  BeginRun(argument: _forecache_v1_BeginRunRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_BeginRunResponse__Output>): grpc.ClientUnaryCall;
  BeginRun(argument: _forecache_v1_BeginRunRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_BeginRunResponse__Output>): grpc.ClientUnaryCall;
  BeginRun(argument: _forecache_v1_BeginRunRequest, callback: grpc.requestCallback<_forecache_v1_BeginRunResponse__Output>): grpc.ClientUnaryCall;
  beginRun(argument: _forecache_v1_BeginRunRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_BeginRunResponse__Output>): grpc.ClientUnaryCall;
  beginRun(argument: _forecache_v1_BeginRunRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_BeginRunResponse__Output>): grpc.ClientUnaryCall;
  beginRun(argument: _forecache_v1_BeginRunRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_BeginRunResponse__Output>): grpc.ClientUnaryCall;
  beginRun(argument: _forecache_v1_BeginRunRequest, callback: grpc.requestCallback<_forecache_v1_BeginRunResponse__Output>): grpc.ClientUnaryCall;
  
  Combine(argument: _forecache_v1_CombineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_CombineResponse__Output>): grpc.ClientUnaryCall;
  Combine(argument: _forecache_v1_CombineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_CombineResponse__Output>): grpc.ClientUnaryCall;
  Combine(argument: _forecache_v1_CombineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_CombineResponse__Output>): grpc.ClientUnaryCall;
  Combine(argument: _forecache_v1_CombineRequest, callback: grpc.requestCallback<_forecache_v1_CombineResponse__Output>): grpc.ClientUnaryCall;
  combine(argument: _forecache_v1_CombineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_CombineResponse__Output>): grpc.ClientUnaryCall;
  combine(argument: _forecache_v1_CombineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_CombineResponse__Output>): grpc.ClientUnaryCall;
  combine(argument: _forecache_v1_CombineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_CombineResponse__Output>): grpc.ClientUnaryCall;
  combine(argument: _forecache_v1_CombineRequest, callback: grpc.requestCallback<_forecache_v1_CombineResponse__Output>): grpc.ClientUnaryCall;
  
  Describe(argument: _forecache_v1_DescribeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  Describe(argument: _forecache_v1_DescribeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  Describe(argument: _forecache_v1_DescribeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  Describe(argument: _forecache_v1_DescribeRequest, callback: grpc.requestCallback<_forecache_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  describe(argument: _forecache_v1_DescribeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  describe(argument: _forecache_v1_DescribeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  describe(argument: _forecache_v1_DescribeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  describe(argument: _forecache_v1_DescribeRequest, callback: grpc.requestCallback<_forecache_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  
  EndRun(argument: _forecache_v1_EndRunRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_EndRunResponse__Output>): grpc.ClientUnaryCall;
  EndRun(argument: _forecache_v1_EndRunRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_EndRunResponse__Output>): grpc.ClientUnaryCall;
  EndRun(argument: _forecache_v1_EndRunRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_EndRunResponse__Output>): grpc.ClientUnaryCall;
  EndRun(argument: _forecache_v1_EndRunRequest, callback: grpc.requestCallback<_forecache_v1_EndRunResponse__Output>): grpc.ClientUnaryCall;
  endRun(argument: _forecache_v1_EndRunRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_EndRunResponse__Output>): grpc.ClientUnaryCall;
  endRun(argument: _forecache_v1_EndRunRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_EndRunResponse__Output>): grpc.ClientUnaryCall;
  endRun(argument: _forecache_v1_EndRunRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_EndRunResponse__Output>): grpc.ClientUnaryCall;
  endRun(argument: _forecache_v1_EndRunRequest, callback: grpc.requestCallback<_forecache_v1_EndRunResponse__Output>): grpc.ClientUnaryCall;
  
  Forward(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_forecache_v1_ForwardRequest, _forecache_v1_ForwardResponse__Output>;
  Forward(options?: grpc.CallOptions): grpc.ClientDuplexStream<_forecache_v1_ForwardRequest, _forecache_v1_ForwardResponse__Output>;
  forward(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_forecache_v1_ForwardRequest, _forecache_v1_ForwardResponse__Output>;
  forward(options?: grpc.CallOptions): grpc.ClientDuplexStream<_forecache_v1_ForwardRequest, _forecache_v1_ForwardResponse__Output>;
  
  Measure(argument: _forecache_v1_MeasureRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_MeasureResponse__Output>): grpc.ClientUnaryCall;
  Measure(argument: _forecache_v1_MeasureRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_MeasureResponse__Output>): grpc.ClientUnaryCall;
  Measure(argument: _forecache_v1_MeasureRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_MeasureResponse__Output>): grpc.ClientUnaryCall;
  Measure(argument: _forecache_v1_MeasureRequest, callback: grpc.requestCallback<_forecache_v1_MeasureResponse__Output>): grpc.ClientUnaryCall;
  measure(argument: _forecache_v1_MeasureRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_MeasureResponse__Output>): grpc.ClientUnaryCall;
  measure(argument: _forecache_v1_MeasureRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_MeasureResponse__Output>): grpc.ClientUnaryCall;
  measure(argument: _forecache_v1_MeasureRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_MeasureResponse__Output>): grpc.ClientUnaryCall;
  measure(argument: _forecache_v1_MeasureRequest, callback: grpc.requestCallback<_forecache_v1_MeasureResponse__Output>): grpc.ClientUnaryCall;
  
  RunCall(argument: _forecache_v1_RunCallRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_RunCallResponse__Output>): grpc.ClientUnaryCall;
  RunCall(argument: _forecache_v1_RunCallRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_RunCallResponse__Output>): grpc.ClientUnaryCall;
  RunCall(argument: _forecache_v1_RunCallRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_RunCallResponse__Output>): grpc.ClientUnaryCall;
  RunCall(argument: _forecache_v1_RunCallRequest, callback: grpc.requestCallback<_forecache_v1_RunCallResponse__Output>): grpc.ClientUnaryCall;
  runCall(argument: _forecache_v1_RunCallRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_RunCallResponse__Output>): grpc.ClientUnaryCall;
  runCall(argument: _forecache_v1_RunCallRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_forecache_v1_RunCallResponse__Output>): grpc.ClientUnaryCall;
  runCall(argument: _forecache_v1_RunCallRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_forecache_v1_RunCallResponse__Output>): grpc.ClientUnaryCall;
  runCall(argument: _forecache_v1_RunCallRequest, callback: grpc.requestCallback<_forecache_v1_RunCallResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface ModelHostServiceHandlers extends grpc.UntypedServiceImplementation {
  BeginRun: grpc.handleUnaryCall<_forecache_v1_BeginRunRequest__Output, _forecache_v1_BeginRunResponse>;
  
  Combine: grpc.handleUnaryCall<_forecache_v1_CombineRequest__Output, _forecache_v1_CombineResponse>;
  
  Describe: grpc.handleUnaryCall<_forecache_v1_DescribeRequest__Output, _forecache_v1_DescribeResponse>;
  
  EndRun: grpc.handleUnaryCall<_forecache_v1_EndRunRequest__Output, _forecache_v1_EndRunResponse>;
  
  Forward: grpc.handleBidiStreamingCall<_forecache_v1_ForwardRequest__Output, _forecache_v1_ForwardResponse>;
  
  Measure: grpc.handleUnaryCall<_forecache_v1_MeasureRequest__Output, _forecache_v1_MeasureResponse>;
  
  RunCall: grpc.handleUnaryCall<_forecache_v1_RunCallRequest__Output, _forecache_v1_RunCallResponse>;
  
}

export interface ModelHostServiceDefinition extends grpc.ServiceDefinition {
  BeginRun: MethodDefinition<_forecache_v1_BeginRunRequest, _forecache_v1_BeginRunResponse, _forecache_v1_BeginRunRequest__Output, _forecache_v1_BeginRunResponse__Output>
  Combine: MethodDefinition<_forecache_v1_CombineRequest, _forecache_v1_CombineResponse, _forecache_v1_CombineRequest__Output, _forecache_v1_CombineResponse__Output>
  Describe: MethodDefinition<_forecache_v1_DescribeRequest, _forecache_v1_DescribeResponse, _forecache_v1_DescribeRequest__Output, _forecache_v1_DescribeResponse__Output>
  EndRun: MethodDefinition<_forecache_v1_EndRunRequest, _forecache_v1_EndRunResponse, _forecache_v1_EndRunRequest__Output, _forecache_v1_EndRunResponse__Output>
  Forward: MethodDefinition<_forecache_v1_ForwardRequest, _forecache_v1_ForwardResponse, _forecache_v1_ForwardRequest__Output, _forecache_v1_ForwardResponse__Output>
  Measure: MethodDefinition<_forecache_v1_MeasureRequest, _forecache_v1_MeasureResponse, _forecache_v1_MeasureRequest__Output, _forecache_v1_MeasureResponse__Output>
  RunCall: MethodDefinition<_forecache_v1_RunCallRequest, _forecache_v1_RunCallResponse, _forecache_v1_RunCallRequest__Output, _forecache_v1_RunCallResponse__Output>
}
