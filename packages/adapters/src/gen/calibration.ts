import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Action as _forecache_v1_Action, Action__Output as _forecache_v1_Action__Output } from './forecache/v1/Action.js';
import type { CalibrationServiceClient as _forecache_v1_CalibrationServiceClient, CalibrationServiceDefinition as _forecache_v1_CalibrationServiceDefinition } from './forecache/v1/CalibrationService.js';
import type { CallPlan as _forecache_v1_CallPlan, CallPlan__Output as _forecache_v1_CallPlan__Output } from './forecache/v1/CallPlan.js';
import type { FindSchedulesRequest as _forecache_v1_FindSchedulesRequest, FindSchedulesRequest__Output as _forecache_v1_FindSchedulesRequest__Output } from './forecache/v1/FindSchedulesRequest.js';
import type { FindSchedulesResponse as _forecache_v1_FindSchedulesResponse, FindSchedulesResponse__Output as _forecache_v1_FindSchedulesResponse__Output } from './forecache/v1/FindSchedulesResponse.js';
import type { FitWeightsRequest as _forecache_v1_FitWeightsRequest, FitWeightsRequest__Output as _forecache_v1_FitWeightsRequest__Output } from './forecache/v1/FitWeightsRequest.js';
import type { FitWeightsResponse as _forecache_v1_FitWeightsResponse, FitWeightsResponse__Output as _forecache_v1_FitWeightsResponse__Output } from './forecache/v1/FitWeightsResponse.js';
import type { FoundSchedule as _forecache_v1_FoundSchedule, FoundSchedule__Output as _forecache_v1_FoundSchedule__Output } from './forecache/v1/FoundSchedule.js';
import type { NetworkShape as _forecache_v1_NetworkShape, NetworkShape__Output as _forecache_v1_NetworkShape__Output } from './forecache/v1/NetworkShape.js';
import type { PolicySpec as _forecache_v1_PolicySpec, PolicySpec__Output as _forecache_v1_PolicySpec__Output } from './forecache/v1/PolicySpec.js';
import type { Probe as _forecache_v1_Probe, Probe__Output as _forecache_v1_Probe__Output } from './forecache/v1/Probe.js';
import type { RunDescription as _forecache_v1_RunDescription, RunDescription__Output as _forecache_v1_RunDescription__Output } from './forecache/v1/RunDescription.js';
import type { RunPlan as _forecache_v1_RunPlan, RunPlan__Output as _forecache_v1_RunPlan__Output } from './forecache/v1/RunPlan.js';
import type { RunSetup as _forecache_v1_RunSetup, RunSetup__Output as _forecache_v1_RunSetup__Output } from './forecache/v1/RunSetup.js';
import type { SamplerResponse as _forecache_v1_SamplerResponse, SamplerResponse__Output as _forecache_v1_SamplerResponse__Output } from './forecache/v1/SamplerResponse.js';
import type { SiteAction as _forecache_v1_SiteAction, SiteAction__Output as _forecache_v1_SiteAction__Output } from './forecache/v1/SiteAction.js';
import type { SiteShape as _forecache_v1_SiteShape, SiteShape__Output as _forecache_v1_SiteShape__Output } from './forecache/v1/SiteShape.js';
import type { TokenCache as _forecache_v1_TokenCache, TokenCache__Output as _forecache_v1_TokenCache__Output } from './forecache/v1/TokenCache.js';
import type { TokenSelection as _forecache_v1_TokenSelection, TokenSelection__Output as _forecache_v1_TokenSelection__Output } from './forecache/v1/TokenSelection.js';
import type { TrajectoryGram as _forecache_v1_TrajectoryGram, TrajectoryGram__Output as _forecache_v1_TrajectoryGram__Output } from './forecache/v1/TrajectoryGram.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  forecache: {
    v1: {
      Action: MessageTypeDefinition<_forecache_v1_Action, _forecache_v1_Action__Output>
      ActionKind: EnumTypeDefinition
      CalibrationService: SubtypeConstructor<typeof grpc.Client, _forecache_v1_CalibrationServiceClient> & { service: _forecache_v1_CalibrationServiceDefinition }
      CallPlan: MessageTypeDefinition<_forecache_v1_CallPlan, _forecache_v1_CallPlan__Output>
      FindSchedulesRequest: MessageTypeDefinition<_forecache_v1_FindSchedulesRequest, _forecache_v1_FindSchedulesRequest__Output>
      FindSchedulesResponse: MessageTypeDefinition<_forecache_v1_FindSchedulesResponse, _forecache_v1_FindSchedulesResponse__Output>
      FitWeightsRequest: MessageTypeDefinition<_forecache_v1_FitWeightsRequest, _forecache_v1_FitWeightsRequest__Output>
      FitWeightsResponse: MessageTypeDefinition<_forecache_v1_FitWeightsResponse, _forecache_v1_FitWeightsResponse__Output>
      FoundSchedule: MessageTypeDefinition<_forecache_v1_FoundSchedule, _forecache_v1_FoundSchedule__Output>
      Granularity: EnumTypeDefinition
      NetworkShape: MessageTypeDefinition<_forecache_v1_NetworkShape, _forecache_v1_NetworkShape__Output>
      PolicySpec: MessageTypeDefinition<_forecache_v1_PolicySpec, _forecache_v1_PolicySpec__Output>
      Probe: MessageTypeDefinition<_forecache_v1_Probe, _forecache_v1_Probe__Output>
      ProbeKind: EnumTypeDefinition
      RunDescription: MessageTypeDefinition<_forecache_v1_RunDescription, _forecache_v1_RunDescription__Output>
      RunPlan: MessageTypeDefinition<_forecache_v1_RunPlan, _forecache_v1_RunPlan__Output>
      RunSetup: MessageTypeDefinition<_forecache_v1_RunSetup, _forecache_v1_RunSetup__Output>
      SamplerResponse: MessageTypeDefinition<_forecache_v1_SamplerResponse, _forecache_v1_SamplerResponse__Output>
      SiteAction: MessageTypeDefinition<_forecache_v1_SiteAction, _forecache_v1_SiteAction__Output>
      SiteKind: EnumTypeDefinition
      SiteShape: MessageTypeDefinition<_forecache_v1_SiteShape, _forecache_v1_SiteShape__Output>
      TokenCache: MessageTypeDefinition<_forecache_v1_TokenCache, _forecache_v1_TokenCache__Output>
      TokenScore: EnumTypeDefinition
      TokenSelection: MessageTypeDefinition<_forecache_v1_TokenSelection, _forecache_v1_TokenSelection__Output>
      TrajectoryGram: MessageTypeDefinition<_forecache_v1_TrajectoryGram, _forecache_v1_TrajectoryGram__Output>
    }
  }
}

