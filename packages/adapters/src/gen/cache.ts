import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Action as _forecache_v1_Action, Action__Output as _forecache_v1_Action__Output } from './forecache/v1/Action.js';
import type { BeginRunRequest as _forecache_v1_BeginRunRequest, BeginRunRequest__Output as _forecache_v1_BeginRunRequest__Output } from './forecache/v1/BeginRunRequest.js';
import type { BeginRunResponse as _forecache_v1_BeginRunResponse, BeginRunResponse__Output as _forecache_v1_BeginRunResponse__Output } from './forecache/v1/BeginRunResponse.js';
import type { BranchConditioning as _forecache_v1_BranchConditioning, BranchConditioning__Output as _forecache_v1_BranchConditioning__Output } from './forecache/v1/BranchConditioning.js';
import type { CacheServiceClient as _forecache_v1_CacheServiceClient, CacheServiceDefinition as _forecache_v1_CacheServiceDefinition } from './forecache/v1/CacheService.js';
import type { CallError as _forecache_v1_CallError, CallError__Output as _forecache_v1_CallError__Output } from './forecache/v1/CallError.js';
import type { CallPlan as _forecache_v1_CallPlan, CallPlan__Output as _forecache_v1_CallPlan__Output } from './forecache/v1/CallPlan.js';
import type { CallSeen as _forecache_v1_CallSeen, CallSeen__Output as _forecache_v1_CallSeen__Output } from './forecache/v1/CallSeen.js';
import type { CloseRunRequest as _forecache_v1_CloseRunRequest, CloseRunRequest__Output as _forecache_v1_CloseRunRequest__Output } from './forecache/v1/CloseRunRequest.js';
import type { CloseRunResponse as _forecache_v1_CloseRunResponse, CloseRunResponse__Output as _forecache_v1_CloseRunResponse__Output } from './forecache/v1/CloseRunResponse.js';
import type { CombineRequest as _forecache_v1_CombineRequest, CombineRequest__Output as _forecache_v1_CombineRequest__Output } from './forecache/v1/CombineRequest.js';
import type { CombineResponse as _forecache_v1_CombineResponse, CombineResponse__Output as _forecache_v1_CombineResponse__Output } from './forecache/v1/CombineResponse.js';
import type { DecideRequest as _forecache_v1_DecideRequest, DecideRequest__Output as _forecache_v1_DecideRequest__Output } from './forecache/v1/DecideRequest.js';
import type { DecideResponse as _forecache_v1_DecideResponse, DecideResponse__Output as _forecache_v1_DecideResponse__Output } from './forecache/v1/DecideResponse.js';
import type { DescribeRequest as _forecache_v1_DescribeRequest, DescribeRequest__Output as _forecache_v1_DescribeRequest__Output } from './forecache/v1/DescribeRequest.js';
import type { DescribeResponse as _forecache_v1_DescribeResponse, DescribeResponse__Output as _forecache_v1_DescribeResponse__Output } from './forecache/v1/DescribeResponse.js';
import type { EndRunRequest as _forecache_v1_EndRunRequest, EndRunRequest__Output as _forecache_v1_EndRunRequest__Output } from './forecache/v1/EndRunRequest.js';
import type { EndRunResponse as _forecache_v1_EndRunResponse, EndRunResponse__Output as _forecache_v1_EndRunResponse__Output } from './forecache/v1/EndRunResponse.js';
import type { FeatureAnswer as _forecache_v1_FeatureAnswer, FeatureAnswer__Output as _forecache_v1_FeatureAnswer__Output } from './forecache/v1/FeatureAnswer.js';
import type { FeatureCall as _forecache_v1_FeatureCall, FeatureCall__Output as _forecache_v1_FeatureCall__Output } from './forecache/v1/FeatureCall.js';
import type { ForwardRequest as _forecache_v1_ForwardRequest, ForwardRequest__Output as _forecache_v1_ForwardRequest__Output } from './forecache/v1/ForwardRequest.js';
import type { ForwardResponse as _forecache_v1_ForwardResponse, ForwardResponse__Output as _forecache_v1_ForwardResponse__Output } from './forecache/v1/ForwardResponse.js';
import type { GetStatisticsRequest as _forecache_v1_GetStatisticsRequest, GetStatisticsRequest__Output as _forecache_v1_GetStatisticsRequest__Output } from './forecache/v1/GetStatisticsRequest.js';
import type { GetStatisticsResponse as _forecache_v1_GetStatisticsResponse, GetStatisticsResponse__Output as _forecache_v1_GetStatisticsResponse__Output } from './forecache/v1/GetStatisticsResponse.js';
import type { HostHandle as _forecache_v1_HostHandle, HostHandle__Output as _forecache_v1_HostHandle__Output } from './forecache/v1/HostHandle.js';
import type { InterceptRequest as _forecache_v1_InterceptRequest, InterceptRequest__Output as _forecache_v1_InterceptRequest__Output } from './forecache/v1/InterceptRequest.js';
import type { InterceptResponse as _forecache_v1_InterceptResponse, InterceptResponse__Output as _forecache_v1_InterceptResponse__Output } from './forecache/v1/InterceptResponse.js';
import type { ListModelsRequest as _forecache_v1_ListModelsRequest, ListModelsRequest__Output as _forecache_v1_ListModelsRequest__Output } from './forecache/v1/ListModelsRequest.js';
import type { ListModelsResponse as _forecache_v1_ListModelsResponse, ListModelsResponse__Output as _forecache_v1_ListModelsResponse__Output } from './forecache/v1/ListModelsResponse.js';
import type { ListPoliciesRequest as _forecache_v1_ListPoliciesRequest, ListPoliciesRequest__Output as _forecache_v1_ListPoliciesRequest__Output } from './forecache/v1/ListPoliciesRequest.js';
import type { ListPoliciesResponse as _forecache_v1_ListPoliciesResponse, ListPoliciesResponse__Output as _forecache_v1_ListPoliciesResponse__Output } from './forecache/v1/ListPoliciesResponse.js';
import type { MeasureRequest as _forecache_v1_MeasureRequest, MeasureRequest__Output as _forecache_v1_MeasureRequest__Output } from './forecache/v1/MeasureRequest.js';
import type { MeasureResponse as _forecache_v1_MeasureResponse, MeasureResponse__Output as _forecache_v1_MeasureResponse__Output } from './forecache/v1/MeasureResponse.js';
import type { ModelHostServiceClient as _forecache_v1_ModelHostServiceClient, ModelHostServiceDefinition as _forecache_v1_ModelHostServiceDefinition } from './forecache/v1/ModelHostService.js';
import type { NamedTensor as _forecache_v1_NamedTensor, NamedTensor__Output as _forecache_v1_NamedTensor__Output } from './forecache/v1/NamedTensor.js';
import type { NamedTensorType as _forecache_v1_NamedTensorType, NamedTensorType__Output as _forecache_v1_NamedTensorType__Output } from './forecache/v1/NamedTensorType.js';
import type { NetworkShape as _forecache_v1_NetworkShape, NetworkShape__Output as _forecache_v1_NetworkShape__Output } from './forecache/v1/NetworkShape.js';
import type { OpenRunRequest as _forecache_v1_OpenRunRequest, OpenRunRequest__Output as _forecache_v1_OpenRunRequest__Output } from './forecache/v1/OpenRunRequest.js';
import type { OpenRunResponse as _forecache_v1_OpenRunResponse, OpenRunResponse__Output as _forecache_v1_OpenRunResponse__Output } from './forecache/v1/OpenRunResponse.js';
import type { OptionDescription as _forecache_v1_OptionDescription, OptionDescription__Output as _forecache_v1_OptionDescription__Output } from './forecache/v1/OptionDescription.js';
import type { PolicyDescription as _forecache_v1_PolicyDescription, PolicyDescription__Output as _forecache_v1_PolicyDescription__Output } from './forecache/v1/PolicyDescription.js';
import type { PolicySpec as _forecache_v1_PolicySpec, PolicySpec__Output as _forecache_v1_PolicySpec__Output } from './forecache/v1/PolicySpec.js';
import type { Probe as _forecache_v1_Probe, Probe__Output as _forecache_v1_Probe__Output } from './forecache/v1/Probe.js';
import type { ReportRequest as _forecache_v1_ReportRequest, ReportRequest__Output as _forecache_v1_ReportRequest__Output } from './forecache/v1/ReportRequest.js';
import type { ReportResponse as _forecache_v1_ReportResponse, ReportResponse__Output as _forecache_v1_ReportResponse__Output } from './forecache/v1/ReportResponse.js';
import type { RunCallRequest as _forecache_v1_RunCallRequest, RunCallRequest__Output as _forecache_v1_RunCallRequest__Output } from './forecache/v1/RunCallRequest.js';
import type { RunCallResponse as _forecache_v1_RunCallResponse, RunCallResponse__Output as _forecache_v1_RunCallResponse__Output } from './forecache/v1/RunCallResponse.js';
import type { RunDescription as _forecache_v1_RunDescription, RunDescription__Output as _forecache_v1_RunDescription__Output } from './forecache/v1/RunDescription.js';
import type { RunNetworkRequest as _forecache_v1_RunNetworkRequest, RunNetworkRequest__Output as _forecache_v1_RunNetworkRequest__Output } from './forecache/v1/RunNetworkRequest.js';
import type { RunNetworkResponse as _forecache_v1_RunNetworkResponse, RunNetworkResponse__Output as _forecache_v1_RunNetworkResponse__Output } from './forecache/v1/RunNetworkResponse.js';
import type { RunOpened as _forecache_v1_RunOpened, RunOpened__Output as _forecache_v1_RunOpened__Output } from './forecache/v1/RunOpened.js';
import type { RunPlan as _forecache_v1_RunPlan, RunPlan__Output as _forecache_v1_RunPlan__Output } from './forecache/v1/RunPlan.js';
import type { RunSetup as _forecache_v1_RunSetup, RunSetup__Output as _forecache_v1_RunSetup__Output } from './forecache/v1/RunSetup.js';
import type { RunStatistics as _forecache_v1_RunStatistics, RunStatistics__Output as _forecache_v1_RunStatistics__Output } from './forecache/v1/RunStatistics.js';
import type { SharedRegion as _forecache_v1_SharedRegion, SharedRegion__Output as _forecache_v1_SharedRegion__Output } from './forecache/v1/SharedRegion.js';
import type { SiteAction as _forecache_v1_SiteAction, SiteAction__Output as _forecache_v1_SiteAction__Output } from './forecache/v1/SiteAction.js';
import type { SiteDescription as _forecache_v1_SiteDescription, SiteDescription__Output as _forecache_v1_SiteDescription__Output } from './forecache/v1/SiteDescription.js';
import type { SiteShape as _forecache_v1_SiteShape, SiteShape__Output as _forecache_v1_SiteShape__Output } from './forecache/v1/SiteShape.js';
import type { SiteStatistics as _forecache_v1_SiteStatistics, SiteStatistics__Output as _forecache_v1_SiteStatistics__Output } from './forecache/v1/SiteStatistics.js';
import type { Tensor as _forecache_v1_Tensor, Tensor__Output as _forecache_v1_Tensor__Output } from './forecache/v1/Tensor.js';
import type { TensorType as _forecache_v1_TensorType, TensorType__Output as _forecache_v1_TensorType__Output } from './forecache/v1/TensorType.js';
import type { TokenCache as _forecache_v1_TokenCache, TokenCache__Output as _forecache_v1_TokenCache__Output } from './forecache/v1/TokenCache.js';
import type { TokenSelection as _forecache_v1_TokenSelection, TokenSelection__Output as _forecache_v1_TokenSelection__Output } from './forecache/v1/TokenSelection.js';
import type { WatchRunsRequest as _forecache_v1_WatchRunsRequest, WatchRunsRequest__Output as _forecache_v1_WatchRunsRequest__Output } from './forecache/v1/WatchRunsRequest.js';
import type { WatchRunsResponse as _forecache_v1_WatchRunsResponse, WatchRunsResponse__Output as _forecache_v1_WatchRunsResponse__Output } from './forecache/v1/WatchRunsResponse.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  forecache: {
    v1: {
      Action: MessageTypeDefinition<_forecache_v1_Action, _forecache_v1_Action__Output>
      ActionKind: EnumTypeDefinition
      BeginRunRequest: MessageTypeDefinition<_forecache_v1_BeginRunRequest, _forecache_v1_BeginRunRequest__Output>
      BeginRunResponse: MessageTypeDefinition<_forecache_v1_BeginRunResponse, _forecache_v1_BeginRunResponse__Output>
      BranchConditioning: MessageTypeDefinition<_forecache_v1_BranchConditioning, _forecache_v1_BranchConditioning__Output>
      CacheService: SubtypeConstructor<typeof grpc.Client, _forecache_v1_CacheServiceClient> & { service: _forecache_v1_CacheServiceDefinition }
      CallError: MessageTypeDefinition<_forecache_v1_CallError, _forecache_v1_CallError__Output>
      CallPlan: MessageTypeDefinition<_forecache_v1_CallPlan, _forecache_v1_CallPlan__Output>
      CallSeen: MessageTypeDefinition<_forecache_v1_CallSeen, _forecache_v1_CallSeen__Output>
      CloseRunRequest: MessageTypeDefinition<_forecache_v1_CloseRunRequest, _forecache_v1_CloseRunRequest__Output>
      CloseRunResponse: MessageTypeDefinition<_forecache_v1_CloseRunResponse, _forecache_v1_CloseRunResponse__Output>
      CombineRequest: MessageTypeDefinition<_forecache_v1_CombineRequest, _forecache_v1_CombineRequest__Output>
      CombineResponse: MessageTypeDefinition<_forecache_v1_CombineResponse, _forecache_v1_CombineResponse__Output>
      DecideRequest: MessageTypeDefinition<_forecache_v1_DecideRequest, _forecache_v1_DecideRequest__Output>
      DecideResponse: MessageTypeDefinition<_forecache_v1_DecideResponse, _forecache_v1_DecideResponse__Output>
      DescribeRequest: MessageTypeDefinition<_forecache_v1_DescribeRequest, _forecache_v1_DescribeRequest__Output>
      DescribeResponse: MessageTypeDefinition<_forecache_v1_DescribeResponse, _forecache_v1_DescribeResponse__Output>
      Dtype: EnumTypeDefinition
      EndRunRequest: MessageTypeDefinition<_forecache_v1_EndRunRequest, _forecache_v1_EndRunRequest__Output>
      EndRunResponse: MessageTypeDefinition<_forecache_v1_EndRunResponse, _forecache_v1_EndRunResponse__Output>
      FeatureAnswer: MessageTypeDefinition<_forecache_v1_FeatureAnswer, _forecache_v1_FeatureAnswer__Output>
      FeatureCall: MessageTypeDefinition<_forecache_v1_FeatureCall, _forecache_v1_FeatureCall__Output>
      FeatureSource: EnumTypeDefinition
      ForwardRequest: MessageTypeDefinition<_forecache_v1_ForwardRequest, _forecache_v1_ForwardRequest__Output>
      ForwardResponse: MessageTypeDefinition<_forecache_v1_ForwardResponse, _forecache_v1_ForwardResponse__Output>
      GetStatisticsRequest: MessageTypeDefinition<_forecache_v1_GetStatisticsRequest, _forecache_v1_GetStatisticsRequest__Output>
      GetStatisticsResponse: MessageTypeDefinition<_forecache_v1_GetStatisticsResponse, _forecache_v1_GetStatisticsResponse__Output>
      Granularity: EnumTypeDefinition
      HistoryPlace: EnumTypeDefinition
      HostHandle: MessageTypeDefinition<_forecache_v1_HostHandle, _forecache_v1_HostHandle__Output>
      InterceptRequest: MessageTypeDefinition<_forecache_v1_InterceptRequest, _forecache_v1_InterceptRequest__Output>
      InterceptResponse: MessageTypeDefinition<_forecache_v1_InterceptResponse, _forecache_v1_InterceptResponse__Output>
      ListModelsRequest: MessageTypeDefinition<_forecache_v1_ListModelsRequest, _forecache_v1_ListModelsRequest__Output>
      ListModelsResponse: MessageTypeDefinition<_forecache_v1_ListModelsResponse, _forecache_v1_ListModelsResponse__Output>
      ListPoliciesRequest: MessageTypeDefinition<_forecache_v1_ListPoliciesRequest, _forecache_v1_ListPoliciesRequest__Output>
      ListPoliciesResponse: MessageTypeDefinition<_forecache_v1_ListPoliciesResponse, _forecache_v1_ListPoliciesResponse__Output>
      MeasureRequest: MessageTypeDefinition<_forecache_v1_MeasureRequest, _forecache_v1_MeasureRequest__Output>
      MeasureResponse: MessageTypeDefinition<_forecache_v1_MeasureResponse, _forecache_v1_MeasureResponse__Output>
      ModelHostService: SubtypeConstructor<typeof grpc.Client, _forecache_v1_ModelHostServiceClient> & { service: _forecache_v1_ModelHostServiceDefinition }
      NamedTensor: MessageTypeDefinition<_forecache_v1_NamedTensor, _forecache_v1_NamedTensor__Output>
      NamedTensorType: MessageTypeDefinition<_forecache_v1_NamedTensorType, _forecache_v1_NamedTensorType__Output>
      NetworkShape: MessageTypeDefinition<_forecache_v1_NetworkShape, _forecache_v1_NetworkShape__Output>
      OpenRunRequest: MessageTypeDefinition<_forecache_v1_OpenRunRequest, _forecache_v1_OpenRunRequest__Output>
      OpenRunResponse: MessageTypeDefinition<_forecache_v1_OpenRunResponse, _forecache_v1_OpenRunResponse__Output>
      OptionDescription: MessageTypeDefinition<_forecache_v1_OptionDescription, _forecache_v1_OptionDescription__Output>
      PolicyDescription: MessageTypeDefinition<_forecache_v1_PolicyDescription, _forecache_v1_PolicyDescription__Output>
      PolicySpec: MessageTypeDefinition<_forecache_v1_PolicySpec, _forecache_v1_PolicySpec__Output>
      Probe: MessageTypeDefinition<_forecache_v1_Probe, _forecache_v1_Probe__Output>
      ProbeKind: EnumTypeDefinition
      ReportRequest: MessageTypeDefinition<_forecache_v1_ReportRequest, _forecache_v1_ReportRequest__Output>
      ReportResponse: MessageTypeDefinition<_forecache_v1_ReportResponse, _forecache_v1_ReportResponse__Output>
      RunCallRequest: MessageTypeDefinition<_forecache_v1_RunCallRequest, _forecache_v1_RunCallRequest__Output>
      RunCallResponse: MessageTypeDefinition<_forecache_v1_RunCallResponse, _forecache_v1_RunCallResponse__Output>
      RunDescription: MessageTypeDefinition<_forecache_v1_RunDescription, _forecache_v1_RunDescription__Output>
      RunMode: EnumTypeDefinition
      RunNetworkRequest: MessageTypeDefinition<_forecache_v1_RunNetworkRequest, _forecache_v1_RunNetworkRequest__Output>
      RunNetworkResponse: MessageTypeDefinition<_forecache_v1_RunNetworkResponse, _forecache_v1_RunNetworkResponse__Output>
      RunOpened: MessageTypeDefinition<_forecache_v1_RunOpened, _forecache_v1_RunOpened__Output>
      RunOutcome: EnumTypeDefinition
      RunPlan: MessageTypeDefinition<_forecache_v1_RunPlan, _forecache_v1_RunPlan__Output>
      RunSetup: MessageTypeDefinition<_forecache_v1_RunSetup, _forecache_v1_RunSetup__Output>
      RunStatistics: MessageTypeDefinition<_forecache_v1_RunStatistics, _forecache_v1_RunStatistics__Output>
      SharedRegion: MessageTypeDefinition<_forecache_v1_SharedRegion, _forecache_v1_SharedRegion__Output>
      SiteAction: MessageTypeDefinition<_forecache_v1_SiteAction, _forecache_v1_SiteAction__Output>
      SiteDescription: MessageTypeDefinition<_forecache_v1_SiteDescription, _forecache_v1_SiteDescription__Output>
      SiteKind: EnumTypeDefinition
      SiteShape: MessageTypeDefinition<_forecache_v1_SiteShape, _forecache_v1_SiteShape__Output>
      SiteStatistics: MessageTypeDefinition<_forecache_v1_SiteStatistics, _forecache_v1_SiteStatistics__Output>
      Tensor: MessageTypeDefinition<_forecache_v1_Tensor, _forecache_v1_Tensor__Output>
      TensorType: MessageTypeDefinition<_forecache_v1_TensorType, _forecache_v1_TensorType__Output>
      TokenCache: MessageTypeDefinition<_forecache_v1_TokenCache, _forecache_v1_TokenCache__Output>
      TokenScore: EnumTypeDefinition
      TokenSelection: MessageTypeDefinition<_forecache_v1_TokenSelection, _forecache_v1_TokenSelection__Output>
      WatchRunsRequest: MessageTypeDefinition<_forecache_v1_WatchRunsRequest, _forecache_v1_WatchRunsRequest__Output>
      WatchRunsResponse: MessageTypeDefinition<_forecache_v1_WatchRunsResponse, _forecache_v1_WatchRunsResponse__Output>
    }
  }
}

